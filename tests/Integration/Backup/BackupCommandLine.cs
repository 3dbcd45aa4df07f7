using Shared.Testing;

namespace Integration;

/// <summary>backup and restore as a person starts them: a process of its own, settings in the environment.</summary>
internal static class BackupCommandLine
{
    public static async Task<(int Code, string Said)> RunAsync(string command, string file, string database, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var environment = new Dictionary<string, string?> { ["Database__Administrator"] = database, ["Database__Secret"] = ModuleUnderTest.Secret };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>()) environment[name] = value;
        await using var process = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), command, file]) { Environment = environment });
        var end = await process.WaitForExitAsync();
        return (end.Code, process.Output);
    }

    public static async Task MustRunAsync(string command, string file, string database)
    {
        var (code, said) = await RunAsync(command, file, database);
        Assert.True(code == 0, said);
    }
}
