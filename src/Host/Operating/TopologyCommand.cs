using System.CommandLine;
using Shared.Kernel;

namespace Host;

/// <summary>topology: who runs where and is it up, what talks to what and by which carrier, what waits, and what of it is wrong. Exit code 1 if something is.</summary>
internal static class TopologyCommand
{
    public static Command Create(IReadOnlyList<Module> modules, Func<Manifest> manifest)
    {
        var command = new Command("topology", "Who runs where, what talks to what and by which carrier, what waits and what is still to be drained. Exit code 1 if something is down or wrong.");
        command.SetAction(async _ =>
        {
            try
            {
                var configuration = RunningSettings.Read();
                var hosts = await RunningHost.FindAsync(configuration, [.. modules.Select(module => module.Name)]);
                var carriers = await CarrierContents.ReadAsync(configuration, manifest());
                return Print(hosts, carriers, manifest());
            }
            catch (Exception fault) when (fault is ConfigurationFaultsException or UriFormatException)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                return 2;
            }
        });
        return command;
    }

    private static int Print(IReadOnlyList<RunningHost> hosts, IReadOnlyList<CarrierContents> carriers, Manifest manifest)
    {
        Table([["HOST", "PROCESS", "MODULES", "ADDRESS", "STATE"], .. hosts.Select(Row)]);
        Table([["FROM", "TO", "BY", "MESSAGES"], .. Talks(hosts, manifest)]);
        Table([["MODULE", "OUTGOING", "INCOMING", "SCHEDULED", "DEAD"], .. from host in hosts from module in host.Statuses orderby module.Key select Counts(module.Key, module.Value)]);
        Table([["CARRIER", "DESTINATION", "WAITING", ""], .. from carrier in carriers from row in Contents(carrier, hosts) select row]);

        var wrong = Wrong(hosts, carriers, manifest).ToArray();
        foreach (var fault in wrong) Console.WriteLine($"  * {fault}");
        Console.WriteLine(wrong.Length == 0 ? "All is up." : $"{wrong.Length} wrong.");
        return wrong.Length == 0 ? 0 : 1;
    }

    private static string[] Row(RunningHost host) =>
    [
        host.Name, $"{host.Process}", Listed(host.Is?.Here ?? host.Said) is { Length: > 0 } modules ? modules : "gateway only", $"{host.Address}",
        host.Is is { } up ? $"up, version {up.Version}{(up.Drain.Count > 0 ? $", drains {Listed(up.Drain)}" : "")}{(up.Scaled.Count > 0 ? $", scaled: {Listed(up.Scaled)}" : "")}" : $"DOWN: {host.Fault}",
    ];

    private static IEnumerable<string[]> Talks(IReadOnlyList<RunningHost> hosts, Manifest manifest) =>
        (from publisher in manifest.Modules
         from subscriber in manifest.Modules
         let messages = publisher.Publishes.Where(message => subscriber.ReactsTo.Any(reaction => reaction.Message == message)).Select(message => message.Split('.')[1]).ToArray()
         where messages.Length > 0
         select new[] { publisher.Name, subscriber.Name, By(hosts, publisher.Name, subscriber.Name), Listed(messages) })
        .Concat(
         from caller in manifest.Modules
         from callee in caller.Calls
         select new[] { caller.Name, callee, RunOf(hosts, caller.Name).Any(host => host.Is!.Here.Contains(callee)) ? "call in process" : "call by gRPC", "" });

    private static string By(IReadOnlyList<RunningHost> hosts, string from, string to)
    {
        var senders = RunOf(hosts, from).Select(host => host.Is!).ToArray();
        var ways = senders.Select(host => host.Here.Contains(to) && (host.Carrier == nameof(Carrier.None) || !host.Scaled.Contains(to)) ? "in process" : host.Carrier).Distinct().ToArray();
        return ways.Length == 0 ? "? (sender down)" : Listed(ways);
    }

    private static string[] Counts(string module, ModuleStatus? status) => status is null
        ? [module, "?", "?", "?", "?"]
        : [module, $"{status.Sending}", $"{status.Waiting}", $"{status.Scheduled}", $"{status.Dead}"];

    private static IEnumerable<string[]> Contents(CarrierContents carrier, IReadOnlyList<RunningHost> hosts)
    {
        var use = hosts.Any(host => host.Is?.Carrier == carrier.Carrier) ? "in use" : hosts.All(host => host.Is?.Drain.Contains(carrier.Carrier) != true) ? "not listened to" : carrier.Total > 0 ? "still to be drained" : "empty: Drain may go after the next orderly stop";
        if (carrier.Fault is { } fault) return [[carrier.Carrier, "?", "?", fault]];
        return carrier.Total == 0 ? [[carrier.Carrier, "all", "0", use]] : carrier.Waiting.Where(queue => queue.Value > 0).Select(queue => new[] { carrier.Carrier, queue.Key, $"{queue.Value}", use });
    }

    private static IEnumerable<string> Wrong(IReadOnlyList<RunningHost> hosts, IReadOnlyList<CarrierContents> carriers, Manifest manifest)
    {
        foreach (var host in hosts.Where(host => host.Is is null)) yield return $"The host '{host.Name}' at {host.Address} is down: {host.Fault}. Start it, or correct its address.";

        var up = hosts.Where(host => host.Is is not null).ToArray();
        foreach (var host in up)
            foreach (var module in host.Said.Except(host.Is!.Here)) yield return $"The host '{host.Name}' at {host.Address} is said to run '{module}', but runs {(host.Is.Here.Count == 0 ? "no module" : Listed(host.Is.Here))}: correct the address or its Modules.";
        foreach (var module in manifest.Modules.Select(module => module.Name).Where(module => !hosts.Any(host => (host.Is?.Here ?? host.Said).Contains(module)))) yield return $"The module '{module}' runs nowhere: messages to it wait. Start a host with it.";
        foreach (var (host, module) in from host in up from status in host.Statuses where status.Value is null select (host, status.Key)) yield return $"The module '{module}' in the host '{host.Name}' cannot answer: look at its log and its database.";

        foreach (var module in manifest.Modules.Select(module => module.Name))
        {
            var claims = up.Where(host => host.Statuses.GetValueOrDefault(module) is not null).ToArray();
            if (claims.Select(host => host.Statuses[module]!.Database).Distinct().Count() > 1)
                yield return $"The module '{module}' runs on different databases in {Listed(claims.Select(host => $"'{host.Name}' ({host.Address})"))}: each has half of its data. Stop all but one, and give them the same database.";
        }

        foreach (var (from, to) in from sender in up from receiver in up where sender.Is!.Carrier != nameof(Carrier.None) && sender.Is.Here.Count > 0 && receiver.Is!.Here.Count > 0 && !receiver.Is.ListensTo(sender.Is.Carrier) select (sender, receiver))
            yield return $"The host '{from.Name}' sends by {from.Is!.Carrier}, which '{to.Name}' does not listen to: give them one Carrier, or set Drain={from.Is.Carrier} there until it is.";
        foreach (var carrier in carriers)
        {
            if (carrier.Fault is { } fault && up.Any(host => host.Is!.ListensTo(carrier.Carrier))) yield return $"{carrier.Carrier}: {fault}.";
            foreach (var (queue, messages) in carrier.GivenUp.Where(queue => queue.Value > 0))
                yield return $"Messages that {carrier.Carrier} gave up, because their receiver died or lost its connection at every delivery: {messages}, in '{RabbitMqQueue.DeadOf(queue)}'. Move them back to '{queue}' at the broker; what was handled is not handled again.";
            if (carrier.Total > 0 && !up.Any(host => host.Is!.ListensTo(carrier.Carrier))) yield return $"{carrier.Carrier} holds {carrier.Total} messages and no host listens to it: set Drain={carrier.Carrier} until it is empty.";
        }
    }

    private static IEnumerable<RunningHost> RunOf(IReadOnlyList<RunningHost> hosts, string module) => hosts.Where(host => host.Is?.Here.Contains(module) == true);

    private static void Table(IReadOnlyList<string[]> rows)
    {
        if (rows.Count == 1) return;
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows) Console.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        Console.WriteLine();
    }

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);
}
