namespace Shared.Testing;

/// <summary>
/// The broker's Erlang node, told what to do by erl_call: 10 ms, where rabbitmqctl takes 300 ms to start an Erlang of its own.
/// Speaks to the node's port directly, no epmd is asked (or started).
/// </summary>
internal sealed class RabbitMqNode(int port, string cookie)
{
    public static RabbitMqNode Of(Uri administrator)
    {
        if (administrator.Query.Split('=') is not ["?node", var port])
            throw new InvalidOperationException($"{RabbitMqServer.Variable} lacks ?node=port, by which virtual hosts are made. Take it from RabbitMqServer.StartAsync().Uri.");
        return new RabbitMqNode(int.Parse(port), administrator.UserInfo.Split(':')[1]);
    }

    /// <summary>Evaluates Erlang whose last expression is <c>ok</c>, and returns the lines that it printed.</summary>
    public async Task<string[]> EvaluateAsync(string erlang)
    {
        var output = await ChildProcess.RunAsync(
            new("erl_call", ["-R", "-address", $"127.0.0.1:{port}", "-c", cookie, "-fetch_stdout", "-e"]) { Input = erlang + "\n" });
        var lines = output.Split('\n');
        return lines[^1] == "{ok, ok}"
            ? lines[..^1]
            : throw new InvalidOperationException($"RabbitMQ answered to {erlang}\n{output}");
    }
}
