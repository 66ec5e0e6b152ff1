export default "index of a folder" as string;
