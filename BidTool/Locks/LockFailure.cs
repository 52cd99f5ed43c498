using Bzt.BidTool.Commands;
using Net.Pkcs11Interop.Common;
using static Bzt.BidTool.Terminal.Words;

namespace Bzt.BidTool.Locks;

/// <summary>What the lock's module answers, in one line with what to do.</summary>
internal static class LockFailure
{
    /// <param name="answer">Of the call that failed.</param>
    /// <param name="tries">What the token says of its PIN afterwards.</param>
    public static ToolException Of(CKR answer, PinTries tries = PinTries.NotTold) => answer switch
    {
        CKR.CKR_PIN_LOCKED => Locked(),
        CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE => tries switch
        {
            PinTries.None => Locked(),
            PinTries.Last => new("wrong_pin", Say("CA锁PIN码错误，只剩最后一次，再错将锁定", "Wrong PIN. One try is left: the next wrong one locks the CA lock")),
            PinTries.Few => new("wrong_pin", Say("CA锁PIN码错误，剩余次数不多，请核对后再试", "Wrong PIN. Few tries are left: make sure before the next")),
            _ => new("wrong_pin", Say("CA锁PIN码错误，请重新运行命令", "Wrong PIN: run the command again")),
        },
        CKR.CKR_PIN_EXPIRED or CKR.CKR_USER_PIN_NOT_INITIALIZED => new("pin_not_set", Say("CA锁的PIN码须先在厂商工具中设置或修改", "Set the lock's PIN with its maker's own tool first")),
        CKR.CKR_DEVICE_REMOVED or CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_SESSION_HANDLE_INVALID or CKR.CKR_OBJECT_HANDLE_INVALID or CKR.CKR_TOKEN_NOT_RECOGNIZED =>
            new("lock_removed", Say("CA锁已拔出，请插好后重新运行命令", "The CA lock was pulled out: plug it in and run the command again")),
        CKR.CKR_DEVICE_ERROR or CKR.CKR_DEVICE_MEMORY or CKR.CKR_GENERAL_ERROR or CKR.CKR_FUNCTION_FAILED =>
            new("lock_failed", Say($"CA锁没有应答（{answer}），请重新插拔后再试", $"The CA lock does not answer ({answer}): unplug it, plug it in, try again")),
        CKR.CKR_MECHANISM_INVALID or CKR.CKR_MECHANISM_PARAM_INVALID or CKR.CKR_KEY_TYPE_INCONSISTENT or CKR.CKR_KEY_FUNCTION_NOT_PERMITTED =>
            new("lock_mechanism", Say($"CA锁不支持所需的算法（{answer}），请检查配置或换用扫码认证", $"The CA lock does not do the algorithm ({answer}): check the configuration, or use the phone")),
        CKR.CKR_ENCRYPTED_DATA_INVALID or CKR.CKR_ENCRYPTED_DATA_LEN_RANGE => new("key_refused", Say("密钥校验未通过：投标文件不是用这张证书加密的，或已损坏", "The key does not open: the file was not encrypted to this certificate, or it is damaged")),
        _ => new("lock_failed", Say($"CA锁出错（{answer}），请重新插拔后再试", $"The CA lock failed ({answer}): unplug it, plug it in, try again")),
    };

    public static ToolException Locked() => new("locked", Say("CA锁已锁定，请携带锁到发证的CA机构解锁", "The CA lock is locked: its CA has to unlock it"));
}

/// <summary>PKCS #11 tells no number of tries, only these three warnings; many tokens not even them.</summary>
internal enum PinTries
{
    NotTold,
    Few,
    Last,
    None,
}
