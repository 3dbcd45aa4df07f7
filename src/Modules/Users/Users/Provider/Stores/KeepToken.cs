using Marten;
using Mediator;

namespace Users;

/// <summary>Remembers a token, or what has become of it since it was read.</summary>
internal static class KeepToken
{
    public sealed record Command(TokenEntry Token, bool IsNew) : ICommand;

    public sealed class Handler(IDocumentSession db) : ICommandHandler<Command>
    {
        public ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            if (command.IsNew) db.Insert(command.Token);
            else db.UpdateRevision(command.Token, command.Token.Version + 1);
            return default;
        }
    }
}
