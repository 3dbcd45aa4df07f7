using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>An account as its owner and operators see it.</summary>
internal sealed record AccountView(Guid Id, string Email, string Name, Role Role, DateTimeOffset RegisteredAt, DateTimeOffset? EmailConfirmedAt);

internal static class GetAccount
{
    public sealed record Query(Guid Id) : IQuery<AccountView>;

    public static void Map(IEndpointRouteBuilder users) => users
        .MapGet("/{id:guid}", async (Guid id, Caller caller, ISender sender, CancellationToken ct) =>
        {
            caller.MustOwn(id, $"user {id}");
            return TypedResults.Ok(await sender.Send(new Query(id), ct));
        })
        .WithName("GetAccount")
        .WithSummary("One's own account; any account for operators.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForCustomers();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, AccountView>
    {
        public async ValueTask<AccountView> Handle(Query query, CancellationToken ct) => await db.Query<Account>()
            .Where(account => account.Id == query.Id)
            .Select(account => new AccountView(account.Id, account.Email, account.Name, account.Role, account.RegisteredAt, account.EmailConfirmedAt))
            .FirstOrDefaultAsync(ct) ?? throw new NotFoundException($"user {query.Id}");
    }
}
