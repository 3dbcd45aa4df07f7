using Launcher;

return await Launch.RunAsync(args);
