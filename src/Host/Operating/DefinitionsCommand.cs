using System.CommandLine;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>definitions: the queues of the carrier RabbitMq, for a broker at which the program may not declare them itself (<c>RabbitMqDeclares=false</c>).</summary>
internal static class DefinitionsCommand
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true };

    public static Command Create(IReadOnlyList<Module> modules)
    {
        var virtualHost = new Option<string>("--vhost") { Description = "The virtual host that the queues belong to.", DefaultValueFactory = _ => "/" };
        var command = new Command("definitions", "RabbitMQ's queues as a definitions file: import it by rabbitmqctl import_definitions.") { virtualHost };
        command.SetAction(parsed => Console.WriteLine(Write(Manifest.Of(modules), parsed.GetValue(virtualHost)!)));
        return command;
    }

    internal static string Write(Manifest manifest, string virtualHost)
    {
        var queues = from module in manifest.Modules
                     from reaction in module.ReactsTo.Concat(module.Does)
                     let name = RabbitMqQueue.NameOf(ModuleTransport.Address(module.Name, reaction.Destination))
                     from queue in new[] { (Name: name, Arguments: RabbitMqQueue.Arguments(name)), (Name: RabbitMqQueue.DeadOf(name), Arguments: RabbitMqQueue.DeadArguments) }
                     select new { name = queue.Name, vhost = virtualHost, durable = true, auto_delete = false, arguments = queue.Arguments };
        return JsonSerializer.Serialize(new { queues }, Layout);
    }
}
