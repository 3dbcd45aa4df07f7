using System.Net;
using System.Net.Sockets;
using Npgsql;
using static Integration.DataFolder;

namespace Integration;

public sealed class EmbeddedPostgresFaultTests
{
    [Fact]
    public async Task a_read_only_folder()
    {
        using var data = new DataFolder();
        data.Mount("ro,size=1m");

        var message = await data.StartFails();

        Assert.Contains($"{data.Path} is read-only", message);
        Assert.Contains("choose another data folder", message);
    }

    [Fact]
    public async Task a_folder_too_small_for_a_cluster()
    {
        using var data = new DataFolder();
        data.Mount("size=20m");

        var message = await data.StartFails();

        Assert.Contains($"no space left in {data.Path}", message);
        Assert.Contains("Free some", message);
    }

    [Fact]
    public async Task a_folder_that_is_full_at_the_second_start()
    {
        using var data = new DataFolder();
        data.Mount("size=120m");
        await (await data.Start()).DisposeAsync();
        var filler = Path.Combine(data.Path, "filler");
        Assert.Contains("No space left", Assert.Throws<IOException>(() => Run("dd", "if=/dev/zero", $"of={filler}", "bs=4096")).Message);

        var message = await data.StartFails();

        Assert.Contains($"no space left in {data.Path}", message);
        File.Delete(filler);
        await using var postgres = await data.Start();
        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
    }

    [Fact]
    public async Task a_folder_that_the_account_cannot_reach()
    {
        using var data = new DataFolder();
        data.CloseTheWay();

        var message = await data.StartFails();

        Assert.Contains($"may not use {data.Path}", message);
        Assert.Contains("chmod o+x", message);
    }

    [Fact]
    public async Task a_file_where_the_folder_should_be()
    {
        using var data = new DataFolder();
        File.WriteAllText(data.Path, "");

        Assert.Contains(data.Path, await data.StartFails());
    }

    [Fact]
    public async Task a_configured_port_that_is_taken()
    {
        using var data = new DataFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var message = await data.StartFails(port);

        Assert.Contains("Postgres:Port", message);
        Assert.Contains("Address already in use", message);
        other.Stop();
        await using var postgres = await data.Start(port);
        Assert.Equal(port, new NpgsqlConnectionStringBuilder(postgres.AdministratorConnectionString).Port);
    }

    [Fact]
    public async Task no_binaries()
    {
        using var data = new DataFolder();
        var empty = Directory.CreateDirectory(Path.Combine(data.Path, "empty")).FullName;

        var message = await data.StartFails(binaries: empty);

        Assert.Contains(empty, message);
        Assert.Contains("Postgres:Binaries", message);
        Assert.Contains("Debian package postgresql", message);
    }

    [Fact]
    public async Task downloaded_binaries_go_before_the_systems()
    {
        using var data = new DataFolder();
        Directory.CreateDirectory(Path.Combine(data.Path, "postgres-binaries", "native"));
        var downloaded = Directory.CreateSymbolicLink(Path.Combine(data.Path, "postgres-binaries", "native", "bin"), SystemBinaries()).FullName;

        await using var postgres = await data.Start();

        Assert.StartsWith(Path.Combine(downloaded, "postgres"), await File.ReadAllTextAsync($"/proc/{data.ServerProcess}/cmdline", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task binaries_of_another_major_version_than_the_data()
    {
        using var data = new DataFolder();
        await (await data.Start()).DisposeAsync();
        var other = Directory.CreateDirectory(Path.Combine(data.Path, "postgres-binaries", "bin")).FullName;
        foreach (var program in new[] { "initdb", "postgres" })
        {
            File.WriteAllText(Path.Combine(other, program), "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'");
            Run("chmod", "755", Path.Combine(other, program));
        }

        var message = await data.StartFails(binaries: other);

        Assert.Contains("major version's data only", message);
        Assert.Contains(other, message);
        await using var postgres = await data.Start(); // not configured: the system's are found behind the downloaded ones
        Assert.Equal(1, await Ask(postgres.AdministratorConnectionString, "select 1"));
    }

    [Fact]
    public async Task a_password_file_that_is_not_the_clusters()
    {
        using var data = new DataFolder();
        await (await data.Start()).DisposeAsync();
        File.WriteAllText(Path.Combine(data.Path, "postgres", "password"), "other");

        Assert.Contains("password authentication failed", await data.StartFails());
        Assert.False(File.Exists(data.PidFile));
    }

    private static string SystemBinaries() =>
        Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin")).First(folder => File.Exists(Path.Combine(folder, "initdb")));
}
