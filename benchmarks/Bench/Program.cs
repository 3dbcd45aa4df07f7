using Bench;

return Serving.Asked is { } variant ? await Serving.RunAsync(variant) : await CommandLine.RunAsync(args);
