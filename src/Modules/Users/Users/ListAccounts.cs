using Marten;
using Marten.Linq.MatchesSql;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>All accounts in the order in which they were opened, which is that of their ids.</summary>
internal static class ListAccounts
{
    public sealed record Query(Guid After, int Limit) : IQuery<Page<AccountView>>, IValidated
    {
        public void Validate(Rules rules) =>
            rules.Require(Limit is >= 1 and <= Page<AccountView>.Most, "limit", $"must be from 1 to {Page<AccountView>.Most}");
    }

    public static void Map(IEndpointRouteBuilder users) => users
        .MapGet("/", async (Guid? after, int? limit, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(after ?? Guid.Empty, limit ?? Page<AccountView>.Usual), ct)))
        .WithName("ListAccounts")
        .WithSummary("All accounts, oldest first.")
        .ForOperators();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<AccountView>>
    {
        public async ValueTask<Page<AccountView>> Handle(Query query, CancellationToken ct)
        {
            var found = await db.Query<Account>()
                .Where(account => account.MatchesSql("d.id > ?", query.After))
                .OrderBy(account => account.Id)
                .Take(query.Limit + 1)
                .Select(account => new AccountView(account.Id, account.Email, account.Name, account.Role, account.RegisteredAt, account.EmailConfirmedAt))
                .ToListAsync(ct);

            return Page<AccountView>.From(found, query.Limit, account => account.Id.ToString());
        }
    }
}
