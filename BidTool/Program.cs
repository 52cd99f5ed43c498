using Bzt.BidTool.Commands;

return await CommandLine.RunAsync(args);
