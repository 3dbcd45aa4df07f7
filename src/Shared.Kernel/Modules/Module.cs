using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Shared.Kernel;

/// <summary>
/// A bounded context: the table of contents of a small application of its own. It does not know who its neighbours are or whether they share its process.
/// </summary>
public abstract class Module
{
    /// <summary>Lower case, letters only: the schema, the login role, the first segment of its routes and the host of its destinations.</summary>
    public abstract string Name { get; }

    /// <summary>What it publishes, what it reacts to and its own later work. Anything published or handled without being named here is a fault.</summary>
    public abstract void Messages(MessageMap messages);

    /// <summary>What it asks of other modules while its user waits, and what it answers. One hop at most: who is asked does not ask.</summary>
    public virtual void Calls(CallMap calls) { }

    /// <summary>Its own services. Its Mediator is added here, since its generated code lives in the module's assembly.</summary>
    public abstract void Services(IServiceCollection services, IConfiguration configuration);

    /// <summary>Its documents, streams and own tables, all migrated by its one store.</summary>
    public abstract void Store(StoreOptions store);

    /// <summary>Its endpoints below <c>/v1/{Name}</c>. Each needs a policy, or the host does not start.</summary>
    public abstract void Endpoints(IEndpointRouteBuilder routes);

    /// <summary>Those below <c>/v2/{Name}</c>: what has become another there. All else goes on below <c>/v1</c>.</summary>
    public virtual void SecondEndpoints(IEndpointRouteBuilder routes) { }

    /// <summary>What the start page counts: a label and a query on the module's own schema that answers one number.</summary>
    public virtual IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string>();

    /// <summary>Faults in its own settings, each naming the setting, the rule and the way out. All are reported before anything starts.</summary>
    public virtual IEnumerable<string> Faults(IConfiguration configuration, string environment) => [];
}
