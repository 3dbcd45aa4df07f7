using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Shared.Kernel;

/// <summary>What one module asks of others while its user waits, and what it answers: services of somebody's Contracts (.proto), whose package begins with that module's name.</summary>
public sealed class CallMap
{
    private readonly List<(Type Client, ServiceDescriptor Service, Action<IServiceCollection, Switchboard, string> Add)> _asked = [];
    private readonly List<(ServiceDescriptor Service, Action<IEndpointRouteBuilder> Map)> _answered = [];

    /// <summary>The services that the module asks.</summary>
    internal IEnumerable<ServiceDescriptor> Asked => _asked.Select(asked => asked.Service);

    /// <summary>The services that the module answers.</summary>
    internal IEnumerable<ServiceDescriptor> Answered => _answered.Select(answered => answered.Service);

    /// <summary>By a generated client, which handlers take as <see cref="Callee{TClient}"/>.</summary>
    public CallMap Asks<TClient>() where TClient : ClientBase<TClient>
    {
        var service = ServiceOf(typeof(TClient));
        _asked.Add((typeof(TClient), service, (services, switchboard, caller) => services.AddSingleton(module => Callee<TClient>.Open(caller, service, switchboard, module))));
        return this;
    }

    /// <summary>By the module's own class, derived from a generated one. For modules that declare that they ask.</summary>
    public CallMap Answers<TAnswer>() where TAnswer : class
    {
        _answered.Add((ServiceOf(typeof(TAnswer).BaseType!), routes => routes.MapGrpcService<TAnswer>().ForModules()));
        return this;
    }

    internal static CallMap Of(Module module)
    {
        var calls = new CallMap();
        module.Calls(calls);
        return calls;
    }

    internal static string ModuleOf(ServiceDescriptor service) => service.File.Package.Split('.')[0];

    internal void Add(IServiceCollection services, Module module, Switchboard switchboard)
    {
        foreach (var asked in _asked) asked.Add(services, switchboard, module.Name);
        if (_answered.Count == 0) return;

        services.AddGrpc(grpc =>
        {
            grpc.IgnoreUnknownServices = true;
            grpc.MaxReceiveMessageSize = (int)ModulePipeline.LargestBody;
            grpc.Interceptors.Add<AnswerFaults>();
        });
        CallToken.Check(services, module.Name, switchboard);
    }

    internal void Map(IEndpointRouteBuilder routes)
    {
        foreach (var answered in _answered) answered.Map(routes);
    }

    /// <summary>Clients that a class of the module takes but its Calls do not name, each a fault.</summary>
    internal IEnumerable<string> FaultsOf(Module module) =>
        from type in module.GetType().Assembly.GetTypes()
        where type.Namespace == module.GetType().Namespace
        from parameter in type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
        let client = IsCallee(parameter.ParameterType) ? parameter.ParameterType.GetGenericArguments()[0] : parameter.ParameterType
        where client != parameter.ParameterType ? _asked.All(asked => asked.Client != client) : client.IsSubclassOf(typeof(ClientBase))
        select $"{type.DeclaringType?.Name}.{type.Name} takes {client.Name}, which {module.Name} does not ask: say Asks<{client.Name}>() in its Calls, and take Callee<{client.Name}>.";

    internal static bool IsCallee(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Callee<>);

    // Clients and bases are generated into one static class, which also knows the service.
    private static ServiceDescriptor ServiceOf(Type generated) =>
        (ServiceDescriptor)(generated.DeclaringType?.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null)
            ?? throw new InvalidOperationException($"{generated.Name} is not generated from a .proto: Asks takes a generated client, Answers a class derived from a generated base."));
}
