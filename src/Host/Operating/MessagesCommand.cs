using System.CommandLine;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>messages list|show|replay|discard: the dead letters of one module or all.</summary>
internal static class MessagesCommand
{
    private const int Most = 1000;

    public static Command Create(IReadOnlyList<Module> modules)
    {
        var module = new Option<string?>("--module") { Description = "One module's only.", Recursive = true };
        module.AcceptOnlyFromAmong([.. modules.Select(known => known.Name)]);
        var id = new Argument<Guid>("id") { Description = "The message's id, as list prints it." };
        var one = new Argument<Guid?>("id") { Description = "The message's id; without it, all.", Arity = ArgumentArity.ZeroOrOne };

        var command = new Command("messages", "Messages that could not be handled: dead letters.") { module };
        command.Subcommands.Add(Sub("list", "One line each, the oldest first.", null, async (letters, name, _) =>
        {
            foreach (var letter in await letters.ListAsync(Most)) Console.WriteLine($"{letter.Id}  {letter.Destination}  {letter.Message}  {letter.FailedAt ?? letter.SentAt:u}  {letter.Fault.ReplaceLineEndings(" ")}");
            return 0;
        }));
        command.Subcommands.Add(Sub("show", "Everything about one, with its original text.", id, async (letters, name, wanted) =>
        {
            var found = await letters.ListAsync(Most, wanted);
            foreach (var letter in found) Console.WriteLine($"id           {letter.Id}\ndestination  {letter.Destination}\nmessage      {letter.Message}\nsent         {letter.SentAt:u}\nfailed       {letter.FailedAt:u}\nfault        {letter.Fault}\n{letter.Text()}");
            return found.Count;
        }));
        command.Subcommands.Add(Sub("replay", "Handled once more, as if just received.", one, async (letters, name, wanted) => Told(await letters.ReplayAsync(wanted), "replayed", name)));
        command.Subcommands.Add(Sub("discard", "Forgotten, but for the identity: a late duplicate is refused.", one, async (letters, name, wanted) => Told(await letters.DiscardAsync(wanted), "discarded", name)));
        return command;

        Command Sub(string name, string description, Argument? argument, Func<DeadLetters, string, Guid?, Task<int>> each)
        {
            var sub = new Command(name, description);
            if (argument is not null) sub.Add(argument);
            sub.SetAction(async parsed =>
            {
                var wanted = argument switch { Argument<Guid> given => parsed.GetValue(given), Argument<Guid?> maybe => parsed.GetValue(maybe), _ => null };
                var chosen = modules.Select(known => known.Name).Where(known => parsed.GetValue(module) is not { } only || only == known).ToArray();
                return await AllAsync(chosen, wanted, each);
            });
            return sub;
        }
    }

    private static async Task<int> AllAsync(IReadOnlyList<string> modules, Guid? wanted, Func<DeadLetters, string, Guid?, Task<int>> each)
    {
        try
        {
            var databases = Databases.Find(RunningSettings.Read(), modules);
            var found = 0;
            foreach (var module in modules)
            {
                await using var source = NpgsqlDataSource.Create(databases.ConnectionOf(module));
                found += await each(new DeadLetters(source), module, wanted);
            }

            if (wanted is null || found > 0) return 0;

            await Console.Error.WriteLineAsync($"There is no dead letter {wanted}: './modular messages list' shows those there are.");
            return 1;
        }
        catch (Exception fault) when (fault is ConfigurationFaultsException or EmbeddedPostgresException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }
    }

    private static int Told(int count, string what, string module)
    {
        if (count > 0) Console.WriteLine($"{module}: {count} {what}");
        return count;
    }
}
