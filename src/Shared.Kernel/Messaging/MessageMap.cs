namespace Shared.Kernel;

/// <summary>What one module publishes, reacts to, and does later: the source of modules.json and of its Wolverine set-up.</summary>
public sealed class MessageMap
{
    private readonly List<Type> _published = [typeof(DeadLettersNoticed)];
    private readonly List<Reaction> _reactions = [];

    /// <summary>Every event that the module may publish; of its dead letters every module tells.</summary>
    public IReadOnlyList<Type> Published => _published;

    /// <summary>Every handler of a message, each a destination of its own.</summary>
    public IReadOnlyList<Reaction> Reactions => _reactions;

    /// <summary>An event of the module's own Contracts.</summary>
    public MessageMap Publishes<TEvent>() where TEvent : class => Publishes(typeof(TEvent));

    /// <summary>A reaction to another module's event.</summary>
    /// <param name="destination">Kebab case; written down for ever: another name would be another subscriber.</param>
    /// <param name="handler">A public static class with one <c>Handle</c> method that takes the event and the session.</param>
    public MessageMap Reacts<TEvent>(string destination, Type handler) where TEvent : class => With(new Reaction(typeof(TEvent), destination, handler, Own: false));

    /// <summary>The module's own later work: a message that only it sends, to itself.</summary>
    public MessageMap Does<TMessage>(string destination, Type handler) where TMessage : class => With(new Reaction(typeof(TMessage), destination, handler, Own: true));

    internal MessageMap Publishes(Type @event)
    {
        _published.Add(@event);
        return this;
    }

    internal MessageMap With(Reaction reaction)
    {
        _reactions.Add(reaction);
        return this;
    }
}

/// <summary>A handler and the destination it is known by.</summary>
/// <param name="Own">The message is the module's own later work, not another module's event.</param>
public sealed record Reaction(Type Message, string Destination, Type Handler, bool Own);
