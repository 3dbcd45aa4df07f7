using Wolverine;

namespace Shared.Kernel;

/// <summary>
/// The outgoing side of the one transaction: what is told here is stored with the session's changes and sent after their commit, or not at all.
/// </summary>
public sealed class Outbox(IMessageBus bus, MessageMap messages)
{
    /// <summary>Publishes an event to every destination that reacts to it; one outgoing row each, none if nobody does.</summary>
    /// <exception cref="InvalidOperationException">The module's map does not say that it publishes this event.</exception>
    public ValueTask Publish<TEvent>(TEvent @event) where TEvent : class
    {
        if (!messages.Published.Contains(typeof(TEvent)))
            throw new InvalidOperationException($"{typeof(TEvent).Name} is published but not named by Publishes<{typeof(TEvent).Name}>() in the module's Messages.");

        return bus.PublishAsync(@event);
    }

    /// <summary>Sends the module's own later work to itself, after the commit and the delay; it survives restarts.</summary>
    /// <exception cref="InvalidOperationException">The module's map does not say that it does this.</exception>
    public ValueTask Later<TMessage>(TMessage message, TimeSpan delay = default) where TMessage : class
    {
        if (!messages.Reactions.Any(reaction => reaction.Own && reaction.Message == typeof(TMessage)))
            throw new InvalidOperationException($"{typeof(TMessage).Name} is sent but not named by Does<{typeof(TMessage).Name}>(…) in the module's Messages.");

        return delay > TimeSpan.Zero
            ? bus.PublishAsync(message, new DeliveryOptions { ScheduleDelay = delay })
            : bus.PublishAsync(message);
    }
}
