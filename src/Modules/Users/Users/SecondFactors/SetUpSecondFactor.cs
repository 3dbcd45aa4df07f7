using System.Text.Json.Serialization;
using Marten;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>A first code shows that the secret has arrived; from then on signing in takes one. Answers the recovery codes, which are kept nowhere.</summary>
internal static class SetUpSecondFactor
{
    public sealed record Command(Guid AccountId, [property: JsonIgnore] string Secret, [property: JsonIgnore] string Code) : ICommand<IReadOnlyList<string>>;

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing, Totps totps, TimeProvider clock) : ICommandHandler<Command, IReadOnlyList<string>>
    {
        public async ValueTask<IReadOnlyList<string>> Handle(Command command, CancellationToken ct)
        {
            var account = await db.Hold(command.AccountId, ct) ?? throw new NotFoundException($"user {command.AccountId}");
            if (account.Role != Role.Operator) throw new RefusedException("user.no-operator", "Second factors are for operators.");
            if (await db.HasSecondFactor(account.Id, ct)) throw new RefusedException("user.second-factor-there", SetUpPage.There);

            var step = totps.StepOf(command.Secret, command.Code);
            var rules = new Rules();
            rules.Require(step is not null, "code", "does not fit: type the newest one, and see that the telephone's clock is right");
            rules.ThrowIfBroken();

            var codes = SecondFactor.NewRecoveryCodes();
            db.Insert(new SecondFactor
            {
                Id = account.Id,
                Secret = totps.Close(command.Secret, account.Id),
                LastStep = step!.Value,
                RecoveryHashes = [.. codes.Select(SecondFactor.Hash)],
                SetUpAt = clock.GetUtcNow(),
            });
            await db.TellAccount(outbox, mailing, "second-factor-set-up", account.Id, account.Email, []);
            return codes;
        }
    }
}
