using System.Collections.Concurrent;
using System.Security.Cryptography;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using ISession = Net.Pkcs11Interop.HighLevelAPI.ISession;

namespace Bzt.Silo.KeyProtection;

public sealed partial class Pkcs11RootKey
{
    /// <summary>The library, the token, the logged-in sessions and the key's handle: from C_Initialize to C_Finalize.</summary>
    private sealed class Module : IDisposable
    {
        private readonly Pkcs11Options options;
        private readonly IPkcs11Library library;
        private readonly ISlot slot;
        private readonly ConcurrentBag<ISession> idle = [];
        private readonly SemaphoreSlim free;
        private readonly Lazy<(IObjectHandle Handle, byte[] Id)> key;

        public Module(Pkcs11Options options, string pin)
        {
            this.options = options;
            free = new SemaphoreSlim(options.Sessions);
            library = Factories.Pkcs11LibraryFactory.LoadPkcs11Library(Factories, options.Library, AppType.MultiThreaded);
            try
            {
                slot = library.GetSlotList(SlotsType.WithTokenPresent).Where(found => found.GetTokenInfo().Label.TrimEnd() == options.Token).ToList() switch
                {
                    [var only] => only,
                    [] => throw new RootKeyUnavailableException($"There is no token {options.Token}."),
                    _ => throw new RootKeyUnavailableException($"There are several tokens {options.Token}."),
                };
                // One process never tries a refused PIN twice, but its supervisor starts it again: the last try is a person's.
                if (slot.GetTokenInfo().TokenFlags is { UserPinFinalTry: true } or { UserPinLocked: true })
                {
                    throw new RootKeyUnavailableException($"The PIN of token {options.Token} has one try left, or none: log in to it by hand first.");
                }

                var first = slot.OpenSession(SessionType.ReadWrite);
                idle.Add(first);
                // The login is the application's: it holds for all sessions.
                first.Login(CKU.CKU_USER, pin);
                key = new(() => Use(FindKey));
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        public byte[] KeyId => key.Value.Id;

        public byte[] Encrypt(byte[] nonce, byte[] place, byte[] plain) => Use(session =>
        {
            using var parameters = Factories.MechanismParamsFactory.CreateCkGcmParams(nonce, NonceLength * 8, place, TagLength * 8);
            using var mechanism = Factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
            return session.Encrypt(mechanism, key.Value.Handle, plain);
        });

        public byte[] Decrypt(byte[] nonce, byte[] place, byte[] wrapped) => Use(session =>
        {
            using var parameters = Factories.MechanismParamsFactory.CreateCkGcmParams(nonce, NonceLength * 8, place, TagLength * 8);
            using var mechanism = Factories.MechanismFactory.Create(CKM.CKM_AES_GCM, parameters);
            return session.Decrypt(mechanism, key.Value.Handle, wrapped);
        });

        public byte[] CreateKey() => Use(session =>
        {
            if (Find(session).Count > 0)
            {
                return FindKey(session).Id;
            }

            var id = RandomNumberGenerator.GetBytes(8);
            var make = Factories.ObjectAttributeFactory;
            using var mechanism = Factories.MechanismFactory.Create(CKM.CKM_AES_KEY_GEN);
            session.GenerateKey(mechanism, [
                make.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY), make.Create(CKA.CKA_KEY_TYPE, CKK.CKK_AES), make.Create(CKA.CKA_VALUE_LEN, (ulong)KeyLength),
                make.Create(CKA.CKA_LABEL, options.Key), make.Create(CKA.CKA_ID, id), make.Create(CKA.CKA_TOKEN, true), make.Create(CKA.CKA_PRIVATE, true),
                make.Create(CKA.CKA_SENSITIVE, true), make.Create(CKA.CKA_EXTRACTABLE, false), make.Create(CKA.CKA_MODIFIABLE, false),
                make.Create(CKA.CKA_ENCRYPT, true), make.Create(CKA.CKA_DECRYPT, true), make.Create(CKA.CKA_WRAP, false), make.Create(CKA.CKA_UNWRAP, false),
                make.Create(CKA.CKA_SIGN, false), make.Create(CKA.CKA_VERIFY, false), make.Create(CKA.CKA_DERIVE, false)]);
            return FindKey(session).Id;
        });

        public void Dispose()
        {
            // Sessions of a token that is away cannot be closed; C_Finalize ends them all.
            library.Dispose();
            free.Dispose();
        }

        private T Use<T>(Func<ISession, T> work)
        {
            free.Wait();
            try
            {
                var session = idle.TryTake(out var found) ? found : slot.OpenSession(SessionType.ReadWrite);
                var result = work(session);
                // Not after a failure: what it left in the session would meet the next caller.
                idle.Add(session);
                return result;
            }
            finally
            {
                free.Release();
            }
        }

        private List<IObjectHandle> Find(ISession session)
        {
            var make = Factories.ObjectAttributeFactory;
            return session.FindAllObjects([make.Create(CKA.CKA_CLASS, CKO.CKO_SECRET_KEY), make.Create(CKA.CKA_LABEL, options.Key)]);
        }

        private (IObjectHandle Handle, byte[] Id) FindKey(ISession session)
        {
            var handle = Find(session) switch
            {
                [var only] => only,
                [] => throw new RootKeyUnavailableException($"The token {options.Token} has no key {options.Key}: `keys create` makes it."),
                _ => throw new RootKeyUnavailableException($"The token {options.Token} has several keys {options.Key}."),
            };
            var facts = session.GetAttributeValue(handle, new List<CKA> { CKA.CKA_ID, CKA.CKA_KEY_TYPE, CKA.CKA_VALUE_LEN, CKA.CKA_SENSITIVE, CKA.CKA_NEVER_EXTRACTABLE });
            return facts[0].GetValueAsByteArray() is { Length: > 0 } id && facts[1].GetValueAsUlong() == (ulong)CKK.CKK_AES && facts[2].GetValueAsUlong() == KeyLength
                && facts[3].GetValueAsBool() && facts[4].GetValueAsBool()
                ? (handle, id)
                : throw new RootKeyUnavailableException($"The key {options.Key} is not an AES key of 256 bits with an id that was never to leave its token.");
        }
    }
}
