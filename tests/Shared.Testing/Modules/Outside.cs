using System.Text.Json;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;

namespace Shared.Testing;

/// <summary>What a module published, as its neighbour received it.</summary>
public sealed record Recorded(Guid Id, string Type, string Json);

/// <summary>The rest of the shop, as far as one module can see: it reacts to whatever the module publishes by writing it down, and publishes what the module reacts to.</summary>
internal sealed class Outside(Module module) : Module
{
    public override string Name => "outside";

    public override void Messages(MessageMap messages)
    {
        var inside = new MessageMap();
        module.Messages(inside);
        foreach (var published in inside.Published)
            messages.With(new Reaction(published, $"record-{published.Name.ToLowerInvariant()}", typeof(Recorder<>).MakeGenericType(published), Own: false));
        foreach (var reaction in inside.Reactions.Where(reaction => !reaction.Own).Select(reaction => reaction.Message).Distinct().Except(messages.Published))
            messages.Publishes(reaction);
    }

    public override void Services(IServiceCollection services, IConfiguration configuration) { }

    public override void Store(StoreOptions store) => store.Schema.For<Recorded>();

    public override void Endpoints(IEndpointRouteBuilder routes) { }
}

public static class Recorder<TEvent>
{
    public static Task Handle(TEvent @event, IDocumentSession db)
    {
        db.Insert(new Recorded(Guid.CreateVersion7(), typeof(TEvent).FullName!, JsonSerializer.Serialize(@event)));
        return Task.CompletedTask;
    }
}
