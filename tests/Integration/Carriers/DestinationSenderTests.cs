using System.Reflection;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Shared.Testing;
using Wolverine;
using Wolverine.Runtime;
using Wolverine.Transports.Sending;

namespace Integration;

/// <summary>Outgoing rows that wait for long are offered to their sender again, by whoever looks after the outbox.</summary>
public sealed class DestinationSenderTests
{
    [Fact]
    public async Task a_message_in_hand_is_not_taken_again_and_one_that_was_refused_is()
    {
        await using var modules = await TwoModules.StartAsync();
        var runtime = modules.Services(TwoModules.Thrower).GetRequiredService<IWolverineRuntime>();
        await using var carrier = new SlowCarrier();
        await using var sender = new DestinationSender((ModuleEndpoint)runtime.Options.Transports.GetOrCreateEndpoint(TwoModules.Catches), carrier, runtime);
        sender.RegisterCallback(DispatchProxy.Create<ISenderCallback, DoneAtOnce>());
        var (first, second) = (Message(), Message());

        await sender.SendAsync(first);
        Assert.Equal(first.Id, (await carrier.Given.ReadAsync()).Id);
        await sender.SendAsync(first);
        await sender.SendAsync(second);
        Assert.Equal(second.Id, (await carrier.Given.ReadAsync()).Id);

        carrier.RefuseAll();
        await Eventually.True(async () =>
        {
            await sender.SendAsync(first);
            return carrier.Given.TryRead(out var again) && again.Id == first.Id;
        }, "what was refused is taken again");
    }

    private static Envelope Message() => TwoModules.Envelope(new(Guid.CreateVersion7(), "ok"));

    private sealed class SlowCarrier : ICarrierSender
    {
        private readonly Channel<Envelope> _given = Channel.CreateUnbounded<Envelope>();
        private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ChannelReader<Envelope> Given => _given.Reader;

        public void RefuseAll() => _refused.SetResult();

        public Task<bool> PingAsync() => Task.FromResult(true);

        public async Task<Exception?[]> SendAsync(IReadOnlyList<Envelope> messages)
        {
            foreach (var message in messages) await _given.Writer.WriteAsync(message);
            await _refused.Task;
            return [.. messages.Select(_ => new InvalidOperationException("refused"))];
        }

        public ValueTask DisposeAsync() => default;
    }

    /// <summary>Wolverine's side, which would keep what was refused and offer it again.</summary>
    public class DoneAtOnce : DispatchProxy
    {
        protected override object Invoke(MethodInfo? targetMethod, object?[]? args) => Task.CompletedTask;
    }
}
