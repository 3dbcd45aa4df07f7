using System.Diagnostics;

// Stands in for the product's host in the tests of HostProcess: ready after a while, dies or hangs when asked to, passes a checkpoint per request.
var builder = WebApplication.CreateBuilder(args);
var setting = builder.Configuration["Stand:In"];
Console.WriteLine($"started with '{setting}'");
if (setting == "broken")
{
    Console.Error.WriteLine("the configuration is wrong");
    return 3;
}

var app = builder.Build();
var asked = 0;
app.MapGet("/health/ready", () => Interlocked.Increment(ref asked) < 3 ? Results.StatusCode(503) : Results.Ok());
app.MapGet("/setting", () => setting);
app.MapGet("/setting/{name}", (string name) => app.Configuration[name] ?? "");

var checkpoints = new Lazy<DiagnosticListener>(() => new DiagnosticListener("Modular.Checkpoints"));
app.MapPost("/pass/{name}", (string name, string? destination) =>
{
    if (checkpoints.Value.IsEnabled(name))
        checkpoints.Value.Write(name, new { Destination = destination });
    return Results.NoContent();
});

if (setting == "stubborn")
    app.Lifetime.ApplicationStopping.Register(() => new ManualResetEvent(false).WaitOne());
app.Run();
return 0;
