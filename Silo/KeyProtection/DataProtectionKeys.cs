using System.Text;
using System.Xml.Linq;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Bzt.Silo.KeyProtection;

/// <summary>ASP.NET's key ring in the store, so that a cookie or token of one gateway is good at another, and after a restart.</summary>
internal sealed class StoredXmlRepository(SqlStore store, IStorageFaults faults) : IXmlRepository
{
    // The framework's interface is synchronous; it is called at start and about once in three months.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        store.QueryAsync("SELECT xml FROM data_protection_key", row => XElement.Parse(row.GetString(0))).GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => StoreAsync(element, friendlyName).GetAwaiter().GetResult();

    private async Task StoreAsync(XElement element, string name)
    {
        var write = new DurableWrite("key", name);
        await faults.BeforeAsync(write);
        await store.WriteAsync(connection => connection.ExecuteAsync(
            "INSERT INTO data_protection_key (name, xml) VALUES (@name, @xml)",
            ("name", name), ("xml", element.ToString(SaveOptions.DisableFormatting))));
        await faults.AfterAsync(write);
    }
}

/// <summary>The secret part of each key, sealed by the key protector.</summary>
internal sealed class ProtectedXml(IKeyProtector protector) : IXmlEncryptor
{
    internal const string Purpose = "data-protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var blob = protector.Protect(Purpose, [], Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(blob)), typeof(ProtectedXmlReader));
    }
}

/// <summary>Its full name is stored with every key: it cannot be renamed.</summary>
internal sealed class ProtectedXmlReader(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        using var plain = services.GetRequiredService<IKeyProtector>()
            .Unprotect(ProtectedXml.Purpose, [], Convert.FromBase64String(encryptedElement.Value));
        return XElement.Parse(Encoding.UTF8.GetString(plain.Span));
    }
}
