using System.Formats.Asn1;

namespace Bzt.Protocol.Forms;

/// <summary>One line of what the user is shown: 企业 — 某某有限公司.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">Its value; masked where it is personal.</param>
public sealed record InstructionFact(string Label, string Value);

/// <summary>
/// An instruction of the certificate's holder to the service itself: revoking the certificate, handing over the administrator.
/// What it says is what is shown and signed; it serves nobody else and nothing twice.
/// </summary>
/// <remarks>
/// SEQUENCE { marker, operation, title UTF8String, facts SEQUENCE OF SEQUENCE { label, value UTF8String }, id OCTET STRING (16, big endian),
/// expiresAt GeneralizedTime }, DER.
/// </remarks>
public sealed record InstructionForm : SigningForm
{
    private const string Marker = "bzt.instruction.v1";
    private const int MaximumFacts = 32;

    /// <summary>An instruction to be signed.</summary>
    /// <param name="operation">Which operation, stable: <c>transfer-administrator</c>.</param>
    /// <param name="title">As the user is shown it.</param>
    /// <param name="facts">1 to 32 lines, in the order they are shown.</param>
    /// <param name="id">The one operation it is for.</param>
    /// <param name="expiresAt">Whole seconds, UTC.</param>
    public InstructionForm(string operation, string title, IReadOnlyList<InstructionFact> facts, Guid id, DateTimeOffset expiresAt)
        : base(Der.Sequence(w =>
        {
            w.Text(Marker);
            w.Text(operation);
            w.Text(title);
            using (w.PushSequence())
            {
                foreach (var fact in facts)
                {
                    using (w.PushSequence())
                    {
                        w.Text(fact.Label);
                        w.Text(fact.Value);
                    }
                }
            }

            w.WriteOctetString(id.ToByteArray(bigEndian: true));
            w.Time(expiresAt);
        }))
    {
        if (!IsWhole(operation, title, facts))
        {
            throw new ArgumentException("Not an instruction: an operation, a title, 1 to 32 labelled facts.");
        }

        (Operation, Title, Facts, Id, ExpiresAt) = (operation, title, facts, id, expiresAt);
    }

    /// <inheritdoc/>
    public override SigningFormKind Kind => SigningFormKind.Instruction;

    /// <summary>Which operation.</summary>
    public string Operation { get; }

    /// <summary>As the user is shown it.</summary>
    public string Title { get; }

    /// <summary>In the order they are shown.</summary>
    public IReadOnlyList<InstructionFact> Facts { get; }

    /// <summary>The one operation it is for.</summary>
    public Guid Id { get; }

    /// <summary>From when on it is not carried out any more.</summary>
    public DateTimeOffset ExpiresAt { get; }

    internal static InstructionForm? Decode(byte[] content) => Der.TryRead(content, r =>
    {
        if (!r.IsMarked(Marker))
        {
            return null;
        }

        var (operation, title) = (r.Text(), r.Text());
        var facts = new List<InstructionFact>();
        for (var list = r.ReadSequence(); list.HasData;)
        {
            var fact = list.ReadSequence();
            facts.Add(new InstructionFact(fact.Text(), fact.Text()));
            fact.ThrowIfNotEmpty();
        }

        var (id, expires) = (r.ReadOctetString(), r.ReadGeneralizedTime());
        return id.Length == 16 && IsWhole(operation, title, facts)
            ? new InstructionForm(operation, title, facts, new Guid(id, bigEndian: true), expires)
            : null;
    });

    private static bool IsWhole(string operation, string title, IReadOnlyList<InstructionFact> facts) =>
        operation.Length > 0 && title.Length > 0 && facts.Count is >= 1 and <= MaximumFacts && facts.All(fact => fact.Label.Length > 0);
}
