using Replay;

return await Command.Run(args);
