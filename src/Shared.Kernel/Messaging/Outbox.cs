using System.Text.Json;
using Marten;
using Wolverine;

namespace Shared.Kernel;

/// <summary>
/// The outgoing side of the one transaction: what is told here is stored with the session's changes and sent after their commit, or not at all.
/// </summary>
/// <param name="limit">A command's; a reaction has none.</param>
public sealed class Outbox(IMessageBus bus, IDocumentSession session, MessageMap messages, OutboxLimit? limit)
{
    /// <summary>Bytes of one message's JSON. Events are ids and values: what is larger belongs behind an address.</summary>
    public const int LargestMessage = 1_000_000;

    /// <summary>Publishes an event to every destination that reacts to it; one outgoing row each, none if nobody does.</summary>
    /// <exception cref="InvalidOperationException">The module's map does not say that it publishes this event.</exception>
    /// <exception cref="RefusedException">It is larger than <see cref="LargestMessage"/>.</exception>
    /// <exception cref="OutboxFullException">Too many messages of the module wait.</exception>
    public async ValueTask Publish<TEvent>(TEvent @event) where TEvent : class
    {
        if (!messages.Published.Contains(typeof(TEvent)))
            throw new InvalidOperationException($"{typeof(TEvent).Name} is published but not named by Publishes<{typeof(TEvent).Name}>() in the module's Messages.");

        await EnsureRoomFor(@event);
        await bus.PublishAsync(@event);
    }

    /// <summary>Sends the module's own later work to itself, after the commit and the delay; it survives restarts.</summary>
    /// <returns>Its identity, by which it may be withdrawn.</returns>
    /// <exception cref="InvalidOperationException">The module's map does not say that it does this.</exception>
    /// <exception cref="RefusedException">It is larger than <see cref="LargestMessage"/>.</exception>
    /// <exception cref="OutboxFullException">Too many messages of the module wait.</exception>
    public async ValueTask<Guid> Later<TMessage>(TMessage message, TimeSpan delay = default) where TMessage : class
    {
        if (!messages.Reactions.Any(reaction => reaction.Own && reaction.Message == typeof(TMessage)))
            throw new InvalidOperationException($"{typeof(TMessage).Name} is sent but not named by Does<{typeof(TMessage).Name}>(…) in the module's Messages.");

        await EnsureRoomFor(message);
        await bus.PublishAsync(message, delay > TimeSpan.Zero ? new DeliveryOptions { ScheduleDelay = delay } : null);
        return ((Wolverine.Runtime.MessageBus)bus).Outstanding.Last().Id;
    }

    /// <summary>Withdraws later work that has not begun; nothing happens if it has. Takes effect with the commit.</summary>
    public void Withdraw(Guid later) => session.QueueSqlCommand("delete from wolverine_incoming_envelopes where id = ? and status = 'Scheduled'", later);

    private async ValueTask EnsureRoomFor(object message)
    {
        if (JsonSerializer.SerializeToUtf8Bytes(message, message.GetType()).Length is var size and > LargestMessage)
            throw new RefusedException("message.too-large", $"A {message.GetType().Name} of {size} bytes is more than the {LargestMessage} that a message may have.");
        if (limit is not null) await limit.EnsureRoomAsync(session);
    }
}
