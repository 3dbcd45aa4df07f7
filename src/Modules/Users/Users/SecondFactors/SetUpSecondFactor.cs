using System.Text.Json.Serialization;
using Marten;
using Marten.Patching;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>A first code shows that the secret has arrived; from then on signing in takes one, and sessions and tokens that began without are over. Answers the recovery codes, which are kept nowhere.</summary>
internal static class SetUpSecondFactor
{
    /// <param name="Generation">The session's.</param>
    /// <param name="Replaces">It was begun with the second factor that there is: another takes its place.</param>
    public sealed record Command(Guid AccountId, int Generation, bool Replaces, [property: JsonIgnore] string Secret, [property: JsonIgnore] string Code) : ICommand<Outcome>;

    /// <param name="Generation">The one that begins with it.</param>
    public sealed record Outcome(IReadOnlyList<string> RecoveryCodes, int Generation);

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing, Totps totps, TimeProvider clock) : ICommandHandler<Command, Outcome>
    {
        public async ValueTask<Outcome> Handle(Command command, CancellationToken ct)
        {
            var account = await db.Hold(command.AccountId, ct) ?? throw new NotFoundException($"user {command.AccountId}");
            if (account.Role != Role.Operator) throw new RefusedException("user.no-operator", "Second factors are for operators.");
            if (account.Generation != command.Generation) throw new RefusedException("user.session-over", "All sessions of the account were ended meanwhile: sign in again.");
            if (!command.Replaces && await db.HasSecondFactor(account.Id, ct)) throw new RefusedException("user.second-factor-there", SetUpPage.There);

            var step = totps.StepOf(command.Secret, command.Code);
            var rules = new Rules();
            rules.Require(step is not null, "code", "does not fit: type the newest one, and see that the telephone's clock is right");
            rules.ThrowIfBroken();

            var codes = SecondFactor.NewRecoveryCodes();
            db.Store(new SecondFactor
            {
                Id = account.Id,
                Secret = totps.Close(command.Secret, account.Id),
                LastStep = step!.Value,
                RecoveryHashes = [.. codes.Select(SecondFactor.Hash)],
                SetUpAt = clock.GetUtcNow(),
            });
            await db.TellAccount(outbox, mailing, "second-factor-set-up", account.Id, account.Email, []);

            var next = account.Generation + 1;
            db.Patch<Account>(account.Id).Set(a => a.Generation, next);
            db.EndGrants(account.Id, clock.GetUtcNow());
            return new Outcome(codes, next);
        }
    }
}
