using Marten;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Users;

/// <summary>As long as nobody can sign in as an operator, a host that starts prints a link to become one, unless one was printed that is still good.</summary>
internal sealed partial class InviteFirstOperator(IServiceScopeFactory scopes, ProviderSettings settings, ILogger<InviteFirstOperator> logger) : IHostedService
{
    /// <summary>Answers the link's secret; null: there is an operator, or a link.</summary>
    public sealed record Command : ICommand<string?>;

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, string?>
    {
        public async ValueTask<string?> Handle(Command command, CancellationToken ct)
        {
            if (await Invitation.IsNeedless(db, ct)) return null;

            var now = clock.GetUtcNow();
            if (await Invitation.TakeTurn(db, ct) is { } printed && now < printed.Until) return null;

            var (invitation, secret) = Invitation.Make(now);
            db.Store(invitation);
            return secret;
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await InviteAsync(cancellationToken) is { } link) LogLink(Invitation.Lifetime.TotalMinutes, link);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal async Task<string?> InviteAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var secret = await scope.ServiceProvider.GetRequiredService<ISender>().Send(new Command(), ct);
        return secret is null ? null : $"{settings.Origin?.GetLeftPart(UriPartial.Authority)}{FirstOperatorPage.To(secret)}";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no operator yet. Who opens this link within {Minutes} minutes becomes the first: {Link}")]
    private partial void LogLink(double minutes, string link);
}
