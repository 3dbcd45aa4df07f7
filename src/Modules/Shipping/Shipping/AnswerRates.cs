using Grpc.Core;
using Mediator;
using Shipping.Contracts;

namespace Shipping;

/// <summary>Other modules ask for a rate.</summary>
internal sealed class AnswerRates(ISender sender) : Rates.RatesBase
{
    public override async Task<QuoteReply> Quote(QuoteRequest request, ServerCallContext context)
    {
        var rate = await sender.Send(new GetRate.Query(request.Country, request.WeightGrams, request.Currency), context.CancellationToken);

        return new QuoteReply
        {
            AmountMinor = (long)(rate.Amount * 100), Currency = rate.Currency, Zone = rate.Zone, FromGrams = rate.FromGrams, UpToGrams = rate.UpToGrams,
            FreeFromMinor = (long)((rate.FreeFrom ?? 0) * 100),
        };
    }
}
