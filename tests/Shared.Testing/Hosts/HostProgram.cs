namespace Shared.Testing;

/// <summary>Where the product's host was built to.</summary>
public static class HostProgram
{
    /// <summary>The Host.dll named by <see cref="HostProcess.Variable"/>, or the one of this solution in the configuration in which the tests were built.</summary>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(HostProcess.Variable) is { Length: > 0 } given)
            return Existing(Path.GetFullPath(given), $"{HostProcess.Variable} names it");
        return Built("src/Host", "Host");
    }

    /// <summary>The program that project <paramref name="folder"/> of this solution builds, e.g. <c>Built("src/Host", "Host")</c>.</summary>
    public static string Built(string folder, string name)
    {
        // …/bin/Debug/net10.0/
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Solution(output), folder, "bin", output.Parent!.Name, output.Name, name + ".dll");
        return Existing(path, $"build it with: dotnet build {folder}");
    }

    private static string Solution(DirectoryInfo start)
    {
        for (var folder = start; folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Modular.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No Modular.sln above {start.FullName}. Name the host to test in {HostProcess.Variable}.");
    }

    private static string Existing(string path, string way) =>
        File.Exists(path) ? path : throw new InvalidOperationException($"There is no program {path} ({way}).");
}
