// Every page, and every state of it that a person may meet, before axe.
import { addApp, plugIn } from './authenticators.mjs';
import { look, pages } from './axe.mjs';
import { choosePassword, given, giveName, heading, password, walk } from './browser.mjs';

const press = (page, name) => page.getByRole('button', { name }).click();

async function withApp(page, person) {
  await page.goto(`/reset?token=${person.secret}`);
  await look(page, 'choose a password');
  await page.getByLabel('New password').fill('password1234');
  await page.getByLabel('The same again').fill('password1234');
  await press(page, 'Set the password');
  await page.getByRole('alert').waitFor();
  await look(page, 'password refused');
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await press(page, 'Set the password');
  await heading(page, 'Your password is set');
  await look(page, 'password set');

  await page.goto(`/connect/authorize?client_id=${given.client}&redirect_uri=${encodeURIComponent(given.redirect)}&response_type=code&scope=openid%20email`
    + '&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256');
  await look(page, 'sign in');
  await giveName(page, person, 'wrong horse');
  await page.getByRole('alert').waitFor();
  await look(page, 'sign in refused');
  await giveName(page, person);
  await heading(page, 'Add a second factor');
  await look(page, 'add a second factor');
  await page.getByLabel('Code that the app shows').fill('000000');
  await press(page, 'Use this app');
  await page.getByRole('alert').waitFor();
  await look(page, 'code refused');
  await addApp(page);
  await look(page, 'recovery codes');
  await press(page, 'I have kept them: sign in');
  await heading(page, "Let Somebody else's application sign you in?");
  await look(page, 'consent');
  await page.goto('/sign-in/continue');
  await heading(page, 'You are signed in');
  await look(page, 'signed in');
  await page.goto('/sign-out');
  await look(page, 'sign out');
  await press(page, 'Sign out');
  await heading(page, 'You are signed out');
  await look(page, 'signed out');

  await page.goto('/sign-in');
  await giveName(page, person);
  await heading(page, 'Second factor');
  await look(page, 'second factor');
}

async function others(page, person) {
  await page.goto('/reset');
  await look(page, 'ask for a reset');
  await page.getByLabel('E-mail address').fill(person.email);
  await press(page, 'Send the link');
  await heading(page, 'Look into your mail');
  await look(page, 'reset asked for');
  await page.goto('/connect/authorize?client_id=nobody');
  await page.getByRole('alert').waitFor();
  await look(page, 'client refused');
}

async function withEither(page, person) {
  await plugIn(page);
  await choosePassword(page, person);
  await page.goto('/sign-in');
  await giveName(page, person);
  await heading(page, 'Add a second factor');
  await press(page, 'Add a passkey');
  await heading(page, 'Your recovery codes');
  await press(page, 'I have kept them: sign in');
  await heading(page, 'You are signed in');
  await page.goto('/sign-in');
  await giveName(page, person);
  await page.getByRole('button', { name: 'Use a passkey' }).waitFor();
  await look(page, 'passkey or recovery code');
}

await walk(async (page) => {
  await withApp(page, given.app);
  await others(page, given.app);
  await withEither(page, given.either);
  return { pages };
});
