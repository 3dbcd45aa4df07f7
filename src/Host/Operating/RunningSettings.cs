using Shared.Kernel;

namespace Host;

/// <summary>
/// The settings of a command beside a running shop: what <c>./modular run --split</c> has written down in the data folder while it runs, else those that this host would have.
/// </summary>
internal static class RunningSettings
{
    /// <exception cref="ConfigurationFaultsException">The shop's owner is somebody else.</exception>
    public static IConfiguration Read()
    {
        var configuration = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], ContentRootPath = AppContext.BaseDirectory }).Configuration;
        var data = Path.GetFullPath(configuration["Data"] ?? "data");
        if (!IsLocked(Path.Combine(data, "topology.lock"))) return configuration;

        try
        {
            configuration.AddJsonFile(Path.Combine(data, "topology.json"));
            return configuration;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationFaultsException([$"{data} is the data of a shop that runs, but its topology.json cannot be read: {fault.Message} Ask as the shop's account, or as root."]);
        }
    }

    private static bool IsLocked(string path)
    {
        try
        {
            if (File.Exists(path)) File.Open(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
