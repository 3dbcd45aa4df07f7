using Marten;
using Mediator;

namespace Users;

/// <summary>Remembers a grant, or what has become of it since it was read.</summary>
internal static class KeepGrant
{
    public sealed record Command(Grant Grant, bool IsNew) : ICommand;

    public sealed class Handler(IDocumentSession db) : ICommandHandler<Command>
    {
        public ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            if (command.IsNew) db.Insert(command.Grant);
            else db.UpdateRevision(command.Grant, command.Grant.Version + 1);
            return default;
        }
    }
}
