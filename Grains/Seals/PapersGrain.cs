using Bzt.Grains.Accounts;
using Bzt.Grains.Applications.Catalogue;
using Orleans.Concurrency;

namespace Bzt.Grains.Seals;

/// <inheritdoc cref="IPapersGrain"/>
[GrainType("papers"), StatelessWorker]
public sealed class PapersGrain(IDocumentMaker documents, CatalogueSource catalogue, TimeProvider time) : Grain, IPapersGrain
{
    private static readonly TimeSpan Beijing = TimeSpan.FromHours(8);

    public async Task<Reply<byte[]>> ApplicationForm(FillApplicationForm command)
    {
        if (ChosenOffer.Find(catalogue.Current, command.Platform, command.Ca, command.Years) is not { } offer)
        {
            return new Refusal(RefusalCode.OfferUnknown);
        }

        var reply = await GrainFactory.User(command.Caller).GetPerson();
        if (reply is not Done<Person>(var person))
        {
            return ((Refused<Person>)reply).Refusal;
        }

        return await documents.ApplicationFormAsync(new ApplicationFormFacts(
            command.Purpose, command.EnterpriseName, command.CreditCode, command.LegalRepresentativeName, command.LegalRepresentativeIdNumber,
            new PrintedPerson(person.Name, person.IdNumber, person.PhoneNumber), offer.Province, offer.PlatformName, offer.CaName, offer.Years,
            DateOnly.FromDateTime(time.GetUtcNow().ToOffset(Beijing).Date)));
    }
}
