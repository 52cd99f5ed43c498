using System.Security.Cryptography;
using Bzt.Contracts.Phone;

namespace Bzt.Samples.Demo;

/// <summary>What the journey leaves in its folder, in the forms outside tools read.</summary>
internal sealed class Artifacts
{
    public Artifacts(string folder)
    {
        Folder = System.IO.Path.GetFullPath(folder);
        Directory.CreateDirectory(Folder);
        if (Directory.EnumerateFileSystemEntries(Folder).Any())
        {
            throw new DemoException($"{Folder} is not empty; name a new folder.");
        }
    }

    public string Folder { get; }

    /// <summary>The bid tool's login; it holds a key, so it does not stay among the artifacts.</summary>
    public string Profile { get; } = System.IO.Path.Combine(Directory.CreateTempSubdirectory("bzt-bidtool-").FullName, "login.json");

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public Task WriteAsync(string name, byte[] content, CancellationToken stop) => File.WriteAllBytesAsync(Path(name), content, stop);

    public async Task CertificatesAsync(CertificateInfo certificate, CancellationToken stop)
    {
        await PemAsync("signing.pem", "CERTIFICATE", [certificate.SigningCertificate!], stop);
        await PemAsync("encryption.pem", "CERTIFICATE", [certificate.EncryptionCertificate!], stop);
        await PemAsync("ca-chain.pem", "CERTIFICATE", certificate.Chain, stop);
        await PemAsync("request.csr", "CERTIFICATE REQUEST", [certificate.CertificationRequest!], stop);
    }

    /// <summary>What was opened is what went in.</summary>
    public void CheckOpened(string pdf)
    {
        Directory.Delete(System.IO.Path.GetDirectoryName(Profile)!, recursive: true);
        Same(pdf, Path(System.IO.Path.Combine("opened", "唱标信息", System.IO.Path.GetFileName(pdf))));
        Same(Path("sealed.pdf"), Path(System.IO.Path.Combine("opened", "投标文件", "sealed.pdf")));
    }

    private static void Same(string original, string opened)
    {
        if (!SHA256.HashData(File.ReadAllBytes(original)).AsSpan().SequenceEqual(SHA256.HashData(File.ReadAllBytes(opened))))
        {
            throw new DemoException($"{opened} is not what went in.");
        }
    }

    private Task PemAsync(string name, string label, IEnumerable<byte[]> ders, CancellationToken stop) =>
        File.WriteAllTextAsync(Path(name), string.Concat(ders.Select(der => PemEncoding.WriteString(label, der) + "\n")), stop);
}
