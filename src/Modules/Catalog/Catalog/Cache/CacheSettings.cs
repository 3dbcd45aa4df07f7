using Marten;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Catalog;

/// <param name="For">How old at most a product may be that is served from memory; zero: nothing is kept.</param>
internal sealed record CacheSettings(TimeSpan For)
{
    private const string ForSetting = "Catalog:CacheFor", RedisSetting = "Catalog:Redis";

    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromMinutes(5);

    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddHybridCache();
        services.AddSingleton(new CacheSettings(configuration[ForSetting] is { } text ? TimeSpan.Parse(text) : Usual));
        services.AddSingleton<ProductCache>();
        services.AddSingleton<ForgetChanged>();
        services.ConfigureMarten((module, store) => store.Listeners.Add(module.GetRequiredService<ForgetChanged>()));

        if (configuration[RedisSetting] is not { Length: > 0 } redis) return;

        services.AddStackExchangeRedisCache(cache =>
        {
            var options = ConfigurationOptions.Parse(redis);
            // Without Redis products are read from the store, at once: nothing waits for it to come back.
            options.AbortOnConnectFail = false;
            options.BacklogPolicy = BacklogPolicy.FailFast;
            options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = 500;
            cache.ConfigurationOptions = options;
        });
    }

    public static IEnumerable<string> Faults(IConfiguration configuration)
    {
        if (configuration[ForSetting] is { } text && !(TimeSpan.TryParse(text, out var time) && time >= TimeSpan.Zero && time <= Longest))
            yield return $"{ForSetting} is '{text}': give a time from 00:00:00 (keep nothing) to {Longest}.";
        if (configuration[RedisSetting] is { Length: > 0 } redis && !IsRedis(redis))
            yield return $"{RedisSetting} is not an address of Redis: write it as host:port,password=….";
    }

    private static bool IsRedis(string redis)
    {
        try { return ConfigurationOptions.Parse(redis).EndPoints.Count > 0; }
        // It may hold a password: the fault names the setting, never the value.
        catch (ArgumentException) { return false; }
    }
}
