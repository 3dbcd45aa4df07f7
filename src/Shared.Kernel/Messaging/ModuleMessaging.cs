using System.Reflection;
using JasperFx;
using JasperFx.CodeGeneration;
using Microsoft.Extensions.Configuration;
using Wolverine;
using Wolverine.Configuration;
using Wolverine.Runtime.Handlers;
using Wolverine.Util;

namespace Shared.Kernel;

/// <summary>Sets up a module's own Wolverine runtime: everything durable, no default trusted that loses messages or isolation.</summary>
internal static class ModuleMessaging
{
    /// <summary>How long a handled message is remembered: longer than the longest outage plus the longest wait of a dead letter for its replay.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(14);

    private const int Parallel = 8;

    public static void Configure(WolverineOptions options, Module module, MessageMap messages, Manifest manifest, ModuleCarriers carriers, IConfiguration configuration, Func<IServiceProvider> services)
    {
        WolverineMessageNaming.InsertFirst<WireName>();
        options.ServiceName = module.Name;
        options.ApplicationAssembly = module.GetType().Assembly;
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.Discovery.DisableConventionalDiscovery();
        options.Policies.DisableConventionalLocalRouting();
        options.Policies.UseDurableInboxOnAllListeners();
        options.Policies.UseDurableOutboxOnAllSendingEndpoints();
        options.Policies.UseDurableLocalQueues();
        options.UnknownMessageBehavior = UnknownMessageBehavior.DeadLetterQueue;
        options.EnableAutomaticFailureAcks = false;
        options.AutoBuildMessageStorageOnStartup = AutoCreate.None;
        Durability(options.Durability, module.Name);
        Retries.Apply(options, Backoff(configuration));

        var subscribers = messages.Published
            .Select(message => (Message: message, Destinations: manifest.SubscribersOf(WireName.Declare(message)).ToArray()))
            .Concat(messages.Reactions.Where(reaction => reaction.Own).Select(own => (own.Message, Destinations: new[] { ModuleTransport.Address(module.Name, own.Destination) })))
            .ToArray();

        options.Transports.Add(new ModuleTransport(carriers));
        foreach (var (message, destinations) in subscribers)
            foreach (var destination in destinations)
                options.Publish(publish => publish.Message(message).To(destination));

        foreach (var reaction in messages.Reactions) Listen(options, module, messages, reaction, services);
    }

    private static void Listen(WolverineOptions options, Module module, MessageMap messages, Reaction reaction, Func<IServiceProvider> services)
    {
        WireName.Declare(reaction.Message);
        ReactionHandler<object>.HandleMethod(reaction);
        var address = ModuleTransport.Address(module.Name, reaction.Destination);
        var handler = (IMessageHandler)Activator.CreateInstance(typeof(ReactionHandler<>).MakeGenericType(reaction.Message), reaction, messages, services)!;
        options.RegisterMessageType(reaction.Message);
        options.Transports.GetOrCreateEndpoint(address).RegisterStickyMessageHandler(reaction.Message, handler);
        ((ListenerConfiguration)options.ListenForMessagesFrom(address).UseDurableInbox()).MaximumParallelMessages(Parallel);
    }

    private static void Durability(DurabilitySettings durability, string schema)
    {
        // Balanced also where one host runs alone: Solo takes over the rows of a second, overlapping process, and rewrites the whole inbox when it starts.
        durability.Mode = DurabilityMode.Balanced;
        durability.MessageStorageSchemaName = schema;
        durability.MessageIdentity = MessageIdentity.IdAndDestination;
        durability.KeepAfterMessageHandling = Retention;
        durability.HandledMessageCleanupMaxBatchesPerCycle = 200;
        durability.RecoveryBatchSize = 1000;
        durability.DurabilityMetricsEnabled = false;

        // A dead process is noticed and its messages taken over within 6 to 8 s (Wolverine's defaults: 76 s).
        var beat = TimeSpan.FromSeconds(2);
        durability.HealthCheckPollingTime = durability.FirstHealthCheckExecution = beat;
        durability.OrphanedMessageSweepPollingTime = durability.NodeReassignmentPollingTime = durability.CheckAssignmentPeriod = beat;
        durability.ScheduledJobPollingTime = beat;
        durability.ScheduledJobFirstExecution = TimeSpan.FromMilliseconds(300);
        durability.StaleNodeTimeout = TimeSpan.FromSeconds(6);
        durability.StaleNodeEjectionThreshold = 1;

        // After a COMMIT whose answer was lost nobody sends its outgoing rows, since their owner lives: they are offered again.
        durability.OutboxStaleTime = TimeSpan.FromSeconds(30);
        durability.InboxStaleTime = TimeSpan.FromMinutes(10);
    }

    private static IReadOnlyList<TimeSpan> Backoff(IConfiguration configuration) =>
        configuration["Messages:Backoff"] is { } delays ? [.. delays.Split(',').Select(TimeSpan.Parse)] : Retries.Backoff;
}
