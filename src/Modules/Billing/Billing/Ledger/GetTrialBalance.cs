using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Billing;

/// <summary>Whether the ledger's debits and credits are equal, in each currency.</summary>
internal static class GetTrialBalance
{
    public sealed record Account(string Name, string Currency, decimal Debit, decimal Credit);

    public sealed record TrialBalance(IReadOnlyList<Account> Accounts, bool Balanced);

    public sealed record Query : IQuery<TrialBalance>;

    public static void Map(IEndpointRouteBuilder billing) => billing
        .MapGet("/trial-balance", async (ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Query(), ct)))
        .ForOperators()
        .WithName("GetTrialBalance")
        .WithSummary("Debits and credits per account and currency, and whether they are equal.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, TrialBalance>
    {
        public async ValueTask<TrialBalance> Handle(Query query, CancellationToken ct)
        {
            // Reads the whole ledger, as a trial balance must; the answer is five accounts per currency.
            var accounts = await db.Read("select account, currency, sum(debit), sum(credit) from ledger group by account, currency order by account, currency", [],
                row => new Account(row.GetString(0), row.GetString(1), row.GetDecimal(2), row.GetDecimal(3)), ct);

            var balanced = accounts.GroupBy(account => account.Currency).All(currency => currency.Sum(account => account.Debit) == currency.Sum(account => account.Credit));
            return new TrialBalance(accounts, balanced);
        }
    }
}
