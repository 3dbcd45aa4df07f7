using Drills;

var names = args;
if (names is [] or ["list"] or ["--help"])
{
    foreach (var drill in Catalogue.All) Console.WriteLine($"{drill.Name,-20} {drill.Fault}");
    return names is [] ? 2 : 0;
}

if (names is ["all"]) names = [.. Catalogue.All.Select(drill => drill.Name)];
if (names.Except(Catalogue.All.Select(drill => drill.Name)).ToArray() is { Length: > 0 } unknown)
{
    Console.Error.WriteLine($"There is no drill '{unknown[0]}'. Known: {string.Join(", ", Catalogue.All.Select(drill => drill.Name))}.");
    return 2;
}

// A process for each: the servers that tests share are one process's.
if (names.Length > 1)
{
    var failed = 0;
    foreach (var name in names)
    {
        using var child = System.Diagnostics.Process.Start(Environment.ProcessPath!, [typeof(Drill).Assembly.Location, name])!;
        await child.WaitForExitAsync();
        failed += child.ExitCode == 0 ? 0 : 1;
    }

    Console.WriteLine($"{names.Length - failed} passed, {failed} failed");
    return failed == 0 ? 0 : 1;
}

var screen = Console.Out;
// What its hosts said is for the one who looks for a fault: MODULAR_DRILL_LOG=1.
if (Environment.GetEnvironmentVariable("MODULAR_DRILL_LOG") is null) Console.SetOut(TextWriter.Null);
screen.WriteLine($"{names[0]} …");
var outcome = await Catalogue.All.Single(drill => drill.Name == names[0]).RunAsync();
screen.WriteLine(outcome.Text);
return outcome.Passed ? 0 : 1;
