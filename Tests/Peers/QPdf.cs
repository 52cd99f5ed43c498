namespace Bzt.Tests.Peers;

/// <summary>qpdf: structure and cross-references, not signatures.</summary>
public static class QPdf
{
    /// <summary>0 nothing found, 2 errors, 3 warnings; the text says which.</summary>
    public static Task<PeerResult> Check(string file) => PeerProcess.Run("qpdf", ["--check", file]);

    public static async Task Transform(string input, string output, params string[] options) =>
        (await PeerProcess.Run("qpdf", [.. options, input, output])).OrFail();
}
