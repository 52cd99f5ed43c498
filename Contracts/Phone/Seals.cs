namespace Bzt.Contracts.Phone;

/// <summary>The three pictures a sealed application form gives (M030).</summary>
public enum SealKind
{
    /// <summary>单位公章</summary>
    Enterprise,
    /// <summary>法定代表人印鉴</summary>
    LegalRepresentative,
    /// <summary>法定代表人签字</summary>
    Signature,
}

/// <summary>Why a seal could not be cut out; what to do about it is said to the user in words.</summary>
public enum SealFault
{
    /// <summary>Nothing of its kind is there.</summary>
    NotFound,
    /// <summary>The photo is not sharp enough.</summary>
    TooBlurred,
    /// <summary>Too little light.</summary>
    TooDark,
    /// <summary>Too few pixels: taken from too far away.</summary>
    TooCoarse,
    /// <summary>It reaches over the border of its box or of the photo.</summary>
    TouchesBorder,
    /// <summary>What is there is too small or too large to be such a seal.</summary>
    WrongSize,
}
