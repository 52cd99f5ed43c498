using Bzt.Protocol.Wire;

namespace Bzt.Protocol.Phone;

/// <summary>A phone's way to the silo that holds the other share.</summary>
public interface IPhoneLink
{
    /// <summary>Begins a conversation about one request. Its first message is an opening one.</summary>
    ValueTask<IPhoneConversation> BeginAsync(string requestId);
}

/// <summary>One channel, from its first message to its end.</summary>
public interface IPhoneConversation : IDisposable
{
    /// <summary>Sends a message and waits for the answer.</summary>
    /// <exception cref="PhoneLinkException">The answer is not known: the silo may or may not have acted.</exception>
    ValueTask<SiloAnswer> SendAsync(PhoneRequest request);
}

/// <summary>A message or its answer was lost, or the answer was not the silo's.</summary>
public sealed class PhoneLinkException : Exception
{
    /// <inheritdoc/>
    public PhoneLinkException()
    {
    }

    /// <inheritdoc/>
    public PhoneLinkException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public PhoneLinkException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
