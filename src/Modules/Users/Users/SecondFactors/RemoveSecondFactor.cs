using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>An operator removes the second factor of somebody who has lost it: his password is enough, until he sets up another.</summary>
internal static class RemoveSecondFactor
{
    public sealed record Command(Guid AccountId) : ICommand;

    public static void Map(IEndpointRouteBuilder users) => users
        .MapDelete("/{id:guid}/second-factor", async (Guid id, ISender sender, CancellationToken ct) =>
        {
            await sender.Send(new Command(id), ct);
            return TypedResults.NoContent();
        })
        .WithName("RemoveSecondFactor")
        .WithSummary("Removes an account's second factor, if it has one.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForOperators();

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing) : ICommandHandler<Command>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            var account = await db.Hold(command.AccountId, ct) ?? throw new NotFoundException($"user {command.AccountId}");
            if (!await db.HasSecondFactor(account.Id, ct)) return Unit.Value;

            db.Delete<SecondFactor>(account.Id);
            await db.TellAccount(outbox, mailing, "second-factor-removed", account.Id, account.Email, []);
            return Unit.Value;
        }
    }
}
