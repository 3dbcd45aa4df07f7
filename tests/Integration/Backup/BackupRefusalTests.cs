using Host;
using Shared.Testing;
using static Integration.BackupCommandLine;

namespace Integration;

/// <summary>What is neither backed up nor restored, and stays as it was.</summary>
public sealed class BackupRefusalTests(StoppedShop stopped) : IClassFixture<StoppedShop>, IDisposable
{
    private readonly OwnFolder _folder = OwnFolder.Create("backup");

    private string File => Path.Combine(_folder.Path, "shop.backup");

    [Fact]
    public async Task over_a_file_and_over_a_shop()
    {
        var (shop, _) = await stopped.TwoDatabasesAsync();
        await MustRunAsync("backup", File, shop);
        var written = await System.IO.File.ReadAllBytesAsync(File);

        await MustRefuseAsync("backup", shop, "is there already");
        await MustRefuseAsync("restore", shop, "has the schema 'users' already");

        Assert.Equal(written, await System.IO.File.ReadAllBytesAsync(File));
        Assert.Equal(12, await MoveCommandLine.QueryAsync<long>(shop, "select count(*) from orders.mt_doc_order"));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task a_database_without_the_whole_shop()
    {
        var (shop, empty) = await stopped.TwoDatabasesAsync();
        await MoveCommandLine.ExecuteAsync(shop, "comment on schema inventory is 'closed: it was moved'");

        await MustRefuseAsync("backup", empty, "There is no schema 'users'");
        await MustRefuseAsync("backup", shop, "The schema 'inventory'", "closed: it was moved");
    }

    [Fact]
    public async Task a_running_shop_whose_messages_may_be_in_a_broker()
    {
        var (shop, _) = await stopped.TwoDatabasesAsync();
        await using var connection = await MoveCommandLine.OpenAsync(shop + ";Application Name=orders");

        await MustRefuseAsync("backup", shop, new Dictionary<string, string?> { ["RabbitMq"] = "amqp://127.0.0.1:1" }, "Messages in RabbitMQ are in no database", "'orders' runs on");
    }

    [Fact]
    public async Task what_a_newer_program_wrote()
    {
        var (_, empty) = await stopped.TwoDatabasesAsync();
        await WriteAsync("99.1.0", "it does not matter");

        await MustRefuseAsync("restore", empty, "was made by Modular 99.1.0", "Restore it with 99.1.0 or later");
    }

    [Fact]
    public async Task what_is_damaged_or_something_else()
    {
        var (_, empty) = await stopped.TwoDatabasesAsync();
        await WriteAsync("0.1.0", "what was dumped");
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        bytes[bytes.AsSpan().IndexOf("what was dumped"u8)] ^= 1;
        await System.IO.File.WriteAllBytesAsync(File, bytes);
        await MustRefuseAsync("restore", empty, "is damaged: 1.dump");

        await System.IO.File.WriteAllTextAsync(File, "select 1;");
        await MustRefuseAsync("restore", empty, "is no whole backup");
        Assert.False(await MoveCommandLine.QueryAsync<bool>(empty, "select to_regnamespace('orders') is not null"));
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteAsync(string version, string dumped)
    {
        var dump = Path.Combine(_folder.Path, "dump");
        await System.IO.File.WriteAllTextAsync(dump, dumped);
        await BackupFile.WriteAsync(File, File + ".part", new(BackupFile.Format, version, DateTimeOffset.UnixEpoch, "15", [new("1.dump", ["orders"], false, BackupFile.SumOf(dump))], new Dictionary<string, long>()),
            new Dictionary<string, string> { ["1.dump"] = dump }, CancellationToken.None);
    }

    private Task MustRefuseAsync(string command, string database, params string[] named) => MustRefuseAsync(command, database, new Dictionary<string, string?>(), named);

    private async Task MustRefuseAsync(string command, string database, Dictionary<string, string?> settings, params string[] named)
    {
        var (code, said) = await RunAsync(command, File, database, settings);

        Assert.True(code == 2, said);
        foreach (var name in named) Assert.Contains(name, said, StringComparison.Ordinal);
    }
}
