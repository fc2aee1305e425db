using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.Passkeys;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary><c>/api/auth</c>: signing in, and what belongs to it. The tokens themselves come from <see cref="TokenEndpoint"/>.</summary>
internal static class AuthEndpoints
{
    private const int LongestBody = 4 << 10, LongestCredential = 64 << 10;
    private const int LongestExchange = 16 << 10; // the server's own bound: ReadTokenRequest
    private const int LongestName = 256;
    private const string Tag = "Signing in";

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<SignInGuard>().AddSingleton<AddressGuard>().AddSingleton<KnownDevice>().AddSingleton<FactorSeals>();
        services.AddSingleton<FactorDemands>().AddScoped<PasswordSignIn>().AddScoped<SignInCompletion>().AddScoped<FactorCheck>().AddScoped<SmsCodes>().AddScoped<FactorEnrollment>().AddScoped<ChosenPassword>().AddScoped<PasswordReset>().AddScoped<PasswordChange>().AddScoped<TenantSwitch>().AddScoped<OwnPasskeys>();
        services.AddSingleton<ResetMailQueue>().AddHostedService(provider => provider.GetRequiredService<ResetMailQueue>());
    }

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/api/auth").WithTags(Tag).OpenToEverybody();
        auth.MapPost("/login", LoginAsync).WithName("login").Takes(LongestBody).Answers(GridError.BadCredentials, GridError.TooManyRequests, GridError.Busy);
        auth.MapPost("/mfa/enroll", EnrollAsync).WithName("enrollMfa").Takes(LongestBody).Answers(GridError.BadCredentials, GridError.Forbidden);
        auth.MapPost("/mfa/telephone", EnrollTelephoneAsync).WithName("enrollTelephone").Takes(LongestBody).Answers(GridError.BadCredentials, GridError.Forbidden, GridError.TooManyRequests);
        auth.MapPost("/mfa/sms", SendSmsAsync).WithName("sendSmsCode").Takes(LongestBody).Answers(GridError.BadCredentials, GridError.Forbidden, GridError.TooManyRequests);
        auth.MapPost("/mfa/verify", VerifyAsync).WithName("verifyMfa").Takes(LongestBody).Answers(GridError.BadCredentials, GridError.Forbidden);
        auth.MapPost("/passkeys/options", OptionsAsync).WithName("passkeyOptions").Takes(LongestBody).Answers(GridError.BadCredentials, GridError.Forbidden);
        auth.MapPost("/passkeys", AddPasskeyAsync).WithName("addPasskey").Takes(LongestCredential).Answers(GridError.BadCredentials, GridError.Forbidden);
        auth.MapPost("/password/reset-request", RequestResetAsync).WithName("requestPasswordReset").Takes(LongestBody).Produces(StatusCodes.Status202Accepted);
        auth.MapPost("/password/reset-confirm", ConfirmResetAsync).WithName("confirmPasswordReset").Takes(LongestBody).Produces(StatusCodes.Status204NoContent).Answers(GridError.BadCredentials, GridError.Busy);
        app.MapPost("/api/auth/password", ChangePasswordAsync).WithTags(Tag).WithName("changePassword").Takes(LongestBody).Produces(StatusCodes.Status204NoContent)
            .Answers(GridError.BadCredentials, GridError.TooManyRequests, GridError.Busy).RequirePermission(Permission.Self);
        // Handled by the authorization server, which reads the request itself.
        var tokens = app.MapGroup("").WithTags(Tag).OpenToEverybody();
        tokens.MapPost(GridGrants.MfaChallenge, TokenEndpoint.HandleAsync).WithName("mfaChallenge").Exchanges<ChallengeBody, TokensAnswer>(LongestExchange)
            .Answers(GridError.Invalid, GridError.BadCredentials);
        tokens.MapPost(GridGrants.Refresh, TokenEndpoint.HandleAsync).WithName("refreshTokens").Exchanges<RefreshBody, TokensAnswer>(LongestExchange).Answers(GridError.Unauthenticated);
        tokens.MapPost(GridGrants.SwitchTenant, TokenEndpoint.HandleAsync).WithName("switchTenant").Exchanges<SwitchBody, TokensAnswer>(LongestExchange)
            .Answers(GridError.Invalid, GridError.Unauthenticated, GridError.Forbidden);
    }

    private static Task<LoginAnswer> LoginAsync(LoginBody body, HttpContext context, PasswordSignIn signIn, CancellationToken ct)
    {
        Fields.Text("email", body.Email, LongestName);
        return signIn.BeginAsync(context, body.Email, body.Password, ct);
    }

    private static Task<EnrollAnswer> EnrollAsync(EnrollBody body, HttpContext context, FactorEnrollment enrollment, CancellationToken ct) =>
        enrollment.OfferTotpAsync(context, body.TempToken, ct);

    private static Task<SmsAnswer> EnrollTelephoneAsync(TelephoneBody body, HttpContext context, FactorEnrollment enrollment, CancellationToken ct) =>
        enrollment.OfferTelephoneAsync(context, body, ct);

    private static Task<SmsAnswer> SendSmsAsync(EnrollBody body, HttpContext context, SmsCodes codes, CancellationToken ct) =>
        codes.SendAsync(context, body.TempToken, ct);

    private static Task<VerifyAnswer> VerifyAsync(VerifyBody body, HttpContext context, FactorEnrollment enrollment, CancellationToken ct) =>
        enrollment.ConfirmAsync(context, body, ct);

    private static Task<PasskeyOptionsAnswer> OptionsAsync(EnrollBody body, HttpContext context, FactorEnrollment enrollment, CancellationToken ct) =>
        enrollment.OptionsAsync(context, body.TempToken, ct);

    private static Task<VerifyAnswer> AddPasskeyAsync(PasskeyBody body, HttpContext context, FactorEnrollment enrollment, CancellationToken ct) =>
        enrollment.AddPasskeyAsync(context, body, ct);

    private static async Task<IResult> ChangePasswordAsync(ChangePasswordBody body, HttpContext context, PasswordChange change, CancellationToken ct)
    {
        await change.ChangeAsync(context, body.CurrentPassword, body.NewPassword, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> RequestResetAsync(ResetRequestBody body, PasswordReset reset, CancellationToken ct)
    {
        Fields.Text("email", body.Email, LongestName);
        await reset.RequestAsync(body.Email, ct);
        return Results.Accepted();
    }

    private static async Task<IResult> ConfirmResetAsync(ResetConfirmBody body, HttpContext context, PasswordReset reset, CancellationToken ct)
    {
        await reset.ConfirmAsync(context, body.Token, body.Password, ct);
        return Results.NoContent();
    }
}
