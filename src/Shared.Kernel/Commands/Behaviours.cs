using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Marten;
using Mediator;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Wolverine.Marten;

namespace Shared.Kernel;

/// <summary>What surrounds every command and query of every module, from the outside in: trace, validate, idempotency, commit.</summary>
internal static class Behaviours
{
    public static void Add(IServiceCollection services, int mostOutgoing)
    {
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(Trace<,>));
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(Validate<,>));
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(AnswerOnce<,>));
        services.AddScoped(typeof(IPipelineBehavior<,>), typeof(Commit<,>));

        services.AddScoped<IdempotencyKey>();
        services.AddSingleton(module => new OutboxLimit(mostOutgoing, module.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ForgetAnswers>();
        // MartenOutbox enlists itself in the scope's session when it is made: what is told through it commits with that session or not at all.
        services.AddScoped(scope => new Outbox(
            scope.GetRequiredService<IMartenOutbox>(), scope.GetRequiredService<IDocumentSession>(), scope.GetRequiredService<MessageMap>(), scope.GetRequiredService<OutboxLimit>()));
    }
}

internal sealed class Trace<TMessage, TResponse> : IPipelineBehavior<TMessage, TResponse> where TMessage : IMessage
{
    private static readonly string Name = typeof(TMessage).DeclaringType?.Name ?? typeof(TMessage).Name;

    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        using var activity = Telemetry.Source.StartActivity(Name);
        try
        {
            return await next(message, cancellationToken);
        }
        catch (Exception fault)
        {
            activity?.SetStatus(ActivityStatusCode.Error, fault.GetType().Name);
            throw;
        }
    }
}

internal sealed class Validate<TMessage, TResponse> : IPipelineBehavior<TMessage, TResponse> where TMessage : IMessage, IValidated
{
    public ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        var rules = new Rules();
        message.Validate(rules);
        rules.ThrowIfBroken();
        return next(message, cancellationToken);
    }
}

/// <summary>A successful answer, stored in its command's own transaction under its idempotency key.</summary>
public sealed record IdempotentAnswer(string Key, string BodyHash, string Json, DateTimeOffset At);

/// <summary>Under an idempotency key the first success is the only one: repetitions, also at the same time, are given its answer. Refusals are not kept.</summary>
internal sealed class AnswerOnce<TMessage, TResponse>(IDocumentSession session, IDocumentStore store, IdempotencyKey key, TimeProvider clock)
    : IPipelineBehavior<TMessage, TResponse> where TMessage : ICommand<TResponse>
{
    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        if (key.Value is not { } value) return await next(message, cancellationToken);

        var hash = Convert.ToHexString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(message)));
        if (await session.LoadAsync<IdempotentAnswer>(value, cancellationToken) is { } before) return Again(before, hash);

        key.Keep = response => session.Insert(new IdempotentAnswer(value, hash, JsonSerializer.Serialize((TResponse)response!), clock.GetUtcNow()));
        try
        {
            return await next(message, cancellationToken);
        }
        catch (Exception fault) when (fault is RefusedException or NotFoundException or ChangedMeanwhileException || Retries.IsLostRace(fault))
        {
            // Perhaps this very key was first, and its effect is what refused the repetition. Rolled back before it is asked: that takes a connection, all of which may wait for this one's locks.
            await session.DisposeAsync();
            await using var fresh = store.QuerySession();
            if (await fresh.LoadAsync<IdempotentAnswer>(value, cancellationToken) is not { } winner) throw;
            return Again(winner, hash);
        }
    }

    private static TResponse Again(IdempotentAnswer answer, string hash) =>
        answer.BodyHash == hash ? JsonSerializer.Deserialize<TResponse>(answer.Json)! : throw new KeyReusedException();
}

/// <summary>The one commit of a command: state, outgoing rows and the kept answer.</summary>
internal sealed class Commit<TMessage, TResponse>(IDocumentSession session, IdempotencyKey key) : IPipelineBehavior<TMessage, TResponse> where TMessage : ICommand<TResponse>
{
    public async ValueTask<TResponse> Handle(TMessage message, MessageHandlerDelegate<TMessage, TResponse> next, CancellationToken cancellationToken)
    {
        var response = await next(message, cancellationToken);
        key.Keep?.Invoke(response);
        Checkpoints.Reached("command.before-commit", null);
        Checkpoints.AfterCommit(session, "command.committed", null);
        await session.SaveChangesAsync(cancellationToken);
        return response;
    }
}
