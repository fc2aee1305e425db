using System.Text;
using System.Xml.Linq;
using ComplianceGrid.Storage.Encryption;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace ComplianceGrid.Api.Identity.Server.Keys;

/// <summary>Wraps data protection's keys by the master key before they are stored. Its calls are synchronous, and a handful in a key's life.</summary>
internal sealed class MasterKeyXmlEncryptor(IMasterKey master) : IXmlEncryptor
{
    internal static readonly byte[] Context = "data-protection"u8.ToArray();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var clear = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var wrapped = master.WrapAsync(clear, Context).AsTask().GetAwaiter().GetResult();
        return new(new("wrapped", Convert.ToBase64String(wrapped)), typeof(MasterKeyXmlDecryptor));
    }
}

/// <summary>Made by data protection itself, by the type's name that is stored with the key.</summary>
internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var master = services.GetRequiredService<IMasterKey>();
        var wrapped = Convert.FromBase64String(encryptedElement.Value);
        return XElement.Parse(Encoding.UTF8.GetString(master.UnwrapAsync(wrapped, MasterKeyXmlEncryptor.Context).AsTask().GetAwaiter().GetResult()));
    }
}
