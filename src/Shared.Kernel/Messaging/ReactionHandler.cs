using System.Diagnostics;
using System.Reflection;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Wolverine.Marten.Publishing;
using Wolverine.Runtime;
using Wolverine.Runtime.Handlers;

namespace Shared.Kernel;

/// <summary>
/// Runs one reaction in the receiver's one transaction: its effects, the inbox row marked handled and its own outgoing rows commit together or not at all.
/// Registered for its destination only, so that each destination has its own queue, retries and fate. No code is generated for it at run time.
/// </summary>
internal sealed class ReactionHandler<TMessage>(Reaction reaction, MessageMap messages, Func<IServiceProvider> module) : MessageHandler<TMessage> where TMessage : class
{
    private readonly MethodInfo _handle = HandleMethod(reaction);

    /// <summary>The reaction's one method. Every fault in its shape is found at start.</summary>
    public static MethodInfo HandleMethod(Reaction reaction)
    {
        var methods = reaction.Handler.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == "Handle").ToArray();
        if (methods is not [var handle])
            throw new InvalidOperationException($"{reaction.Handler.Name} must have exactly one public static method Handle, it has {methods.Length}.");
        if (handle.GetParameters().All(parameter => parameter.ParameterType != reaction.Message))
            throw new InvalidOperationException($"{reaction.Handler.Name}.Handle must take the message {reaction.Message.Name} that it is declared for.");
        if (handle.GetParameters().FirstOrDefault(parameter => parameter.ParameterType.Namespace == nameof(Mediator)) is { } sender)
            throw new InvalidOperationException($"{reaction.Handler.Name}.Handle takes {sender.ParameterType.Name}: a command would commit in a transaction of its own. Call the model.");
        if (handle.GetParameters().FirstOrDefault(parameter => CallMap.IsCallee(parameter.ParameterType)) is { } callee)
            throw new InvalidOperationException($"{reaction.Handler.Name}.Handle takes {callee.Name}: a reaction waits for no other module. Keep a copy of what it needs from that module's events.");
        if (handle.ReturnType != typeof(Task))
            throw new InvalidOperationException($"{reaction.Handler.Name}.Handle must return Task: what it tells goes through the Outbox.");
        return handle;
    }

    protected override async Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellation)
    {
        var envelope = context.Envelope!;
        var destination = envelope.Destination;
        Checkpoints.Reached("reaction.received", destination);
        if (envelope.SentAt < TimeProvider.System.GetUtcNow() - ModuleMessaging.Retention && !envelope.Headers.ContainsKey(DeadLetters.ReplayedHeader))
            throw new TooOldException(envelope.Id, ModuleMessaging.Retention);

        await using var scope = module().CreateAsyncScope();
        await using var session = scope.ServiceProvider.GetRequiredService<OutboxedSessionFactory>().OpenSession(context);
        Fence.Put(session, envelope);
        var outbox = new Outbox(context, session, messages, limit: null);

        await (Task)_handle.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [.. _handle.GetParameters().Select(parameter => Argument(parameter.ParameterType))], null)!;

        Checkpoints.Reached("reaction.before-commit", destination);
        Checkpoints.AfterCommit(session, "reaction.committed", destination);
        await session.SaveChangesAsync(cancellation);
        Checkpoints.Reached("reaction.finished", destination);

        object Argument(Type type) =>
            type == typeof(TMessage) ? message
            : type == typeof(IDocumentSession) || type == typeof(IQuerySession) ? session
            : type == typeof(Outbox) ? outbox
            : type == typeof(CancellationToken) ? cancellation
            : scope.ServiceProvider.GetRequiredService(type);
    }
}
