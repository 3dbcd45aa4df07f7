using System.Reflection;
using Shared.Kernel;
using Module = Shared.Kernel.Module;

namespace ArchitectureTests;

/// <summary>The assemblies that the rules are about, found from what the host is built with.</summary>
internal static class Shop
{
    public static readonly string[] Names = ["Users", "Catalog", "Inventory", "Orders", "Billing", "Shipping"];

    public static Assembly Kernel => typeof(Module).Assembly;

    public static IEnumerable<Assembly> Modules => Names.Select(Assembly.Load);

    public static IEnumerable<Assembly> Contracts => Names.Select(name => Assembly.Load($"{name}.Contracts"));

    public static IEnumerable<Module> Instances => Modules.Select(assembly => (Module)Activator.CreateInstance(assembly.GetTypes().Single(type => type.IsSubclassOf(typeof(Module))))!);

    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Modular.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"Modular.sln is not above {AppContext.BaseDirectory}.");
    }
}
